import { unixNow } from '../model/clock.js';
import type { Tx } from '../state/store.js';
import type { Charge, PaymentIntent, Refund } from '../model/wire.js';
import { bookCharge } from './bookings.js';
import { applyTestCardEffects } from './pay.js';
import { sessionOf } from './intents.js';
import { newRefund, withRefunded } from './refunds.js';

/** Releases an authorization or the rest of it: it counts as refunded, though no money moves. */
export async function release(
  tx: Tx,
  charge: Charge,
  amount: number,
  reason: Refund['reason'] = null,
): Promise<{ charge: Charge; refund: Refund }> {
  const refund = newRefund(charge, { amount, metadata: {}, reason }, 'succeeds');
  const released = withRefunded(charge, charge.amount_refunded + amount);
  await tx.objects.insert(refund);
  await tx.objects.save(released);
  return { charge: released, refund };
}

/** Captures an authorization. The rest of a partial capture is released and counts as refunded. */
export async function capture(tx: Tx, intent: PaymentIntent, amount: number): Promise<PaymentIntent> {
  const before = await tx.objects.get('charge', intent.latest_charge ?? '');
  const { id: balance_transaction } = await bookCharge(tx, before, amount);
  const taken: Charge = { ...before, amount_captured: amount, balance_transaction, captured: true };
  const captured: PaymentIntent = { ...intent, amount_capturable: 0, amount_received: amount, status: 'succeeded' };
  await tx.objects.save(taken);
  await tx.objects.save(captured);
  const rest = before.amount - amount;
  const { charge, refund } = rest > 0 ? await release(tx, taken, rest) : { charge: taken, refund: undefined };
  await markSessionPaid(tx, intent.id);
  await tx.events.record('charge.captured', charge, before);
  if (refund) await tx.events.record('refund.created', refund);
  await tx.events.record('payment_intent.succeeded', captured);
  await applyTestCardEffects(tx, charge);
  return captured;
}

/** Marks the session paid, without an event, as at Stripe. */
async function markSessionPaid(tx: Tx, intentId: string): Promise<void> {
  const session = await sessionOf(tx, intentId);
  if (session?.status === 'complete') await tx.objects.save({ ...session, payment_status: 'paid' });
}

/** The events of a released authorization: canceled by the seller, or expired. */
type Release = 'charge.refunded' | 'charge.expired';

/** Cancels a Payment Intent and releases its authorization. */
export async function cancelIntent(
  tx: Tx,
  intent: PaymentIntent,
  reason: string | null,
  event: Release = 'charge.refunded',
): Promise<PaymentIntent> {
  if (intent.status === 'requires_capture') await releaseAll(tx, intent, event);
  const canceled: PaymentIntent = {
    ...intent,
    amount_capturable: 0,
    canceled_at: unixNow(),
    cancellation_reason: reason,
    next_action: null,
    status: 'canceled',
  };
  await tx.objects.save(canceled);
  await tx.events.record('payment_intent.canceled', canceled);
  return canceled;
}

/** Cancels an authorization after seven days; does nothing where it was captured or canceled before. */
export async function expireAuthorization(tx: Tx, intentId: string): Promise<void> {
  const intent = await tx.objects.get('payment_intent', intentId);
  if (intent.status === 'requires_capture') await cancelIntent(tx, intent, 'automatic', 'charge.expired');
}

async function releaseAll(tx: Tx, { latest_charge }: PaymentIntent, event: Release): Promise<void> {
  const before = await tx.objects.get('charge', latest_charge ?? '');
  const reason = event === 'charge.expired' ? 'expired_uncaptured_charge' : null;
  const { charge, refund } = await release(tx, before, before.amount, reason);
  await tx.events.record(event, charge, before);
  await tx.events.record('refund.created', refund);
}
