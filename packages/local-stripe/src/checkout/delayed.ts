import type { Tx } from '../ledger.js';
import { failPayment, settlePayment } from '../payments/delayed.js';
import { sessionOf } from '../payments/intents.js';
import type { Session } from '../wire.js';

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
