import type { Tx } from '../state/store.js';
import { failPayment, settlePayment } from '../payments/delayed.js';
import { sessionOf } from '../payments/intents.js';
import type { Session } from '../wire.js';
import { cancelIntent } from '../payments/capture.js';

/** The money of a delayed payment has arrived, and with it that of the session it was made in. */
export async function settleDelayed(tx: Tx, intentId: string, origin: string): Promise<void> {
  if (!(await settlePayment(tx, intentId, origin))) return;
  const session = await sessionOf(tx, intentId);
  if (!session) return;
  const paid: Session = { ...session, payment_status: 'paid' };
  await tx.objects.save(paid);
  await tx.events.record('checkout.session.async_payment_succeeded', paid);
}

export async function failDelayed(tx: Tx, intentId: string): Promise<void> {
  if (!(await failPayment(tx, intentId))) return;
  const session = await sessionOf(tx, intentId);
  if (session) await tx.events.record('checkout.session.async_payment_failed', session);
}

/** Ends an open session, and a payment that was begun in it. */
export async function expireSession(tx: Tx, session: Session): Promise<Session> {
  const expired: Session = { ...session, status: 'expired', url: null };
  await tx.objects.save(expired);
  if (session.payment_intent !== null) {
    await cancelIntent(tx, await tx.objects.get('payment_intent', session.payment_intent), 'automatic');
  }
  await tx.events.record('checkout.session.expired', expired);
  return expired;
}
