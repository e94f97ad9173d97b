import { unixNow } from '../clock.js';
import type { Tx } from '../ledger.js';
import type { Charge, PaymentIntent } from '../wire.js';
import { bookCharge } from './bookings.js';
import { raiseDisputeOf } from './disputes.js';

/** Takes what was reserved, or part of it: the rest goes back to the card. */
export async function capture(tx: Tx, intent: PaymentIntent, amount: number): Promise<PaymentIntent> {
  const before = await tx.objects.get('charge', intent.latest_charge ?? '');
  const { id: balance_transaction } = await bookCharge(tx, before, amount);
  const charge: Charge = { ...before, amount_captured: amount, balance_transaction, captured: true };
  const captured: PaymentIntent = { ...intent, amount_capturable: 0, amount_received: amount, status: 'succeeded' };
  await tx.objects.save(charge);
  await tx.objects.save(captured);
  await tx.events.record('charge.captured', charge, before);
  await tx.events.record('payment_intent.succeeded', captured);
  await raiseDisputeOf(tx, charge);
  return captured;
}

/** The payment will not be made; what was reserved for it goes back. */
export async function cancelIntent(tx: Tx, intent: PaymentIntent, reason: string | null): Promise<PaymentIntent> {
  if (intent.status === 'requires_capture' && intent.latest_charge !== null) {
    const before = await tx.objects.get('charge', intent.latest_charge);
    const released: Charge = { ...before, amount_refunded: before.amount, refunded: true };
    await tx.objects.save(released);
    await tx.events.record('charge.refunded', released, before);
  }
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
