import type { Tx } from '../ledger.js';
import type { Charge, PaymentIntent } from '../wire.js';
import { bookCharge } from './bookings.js';
import { succeeded } from './charges.js';

/** The money of this charge has arrived: the intent and the charge, with their events. */
export async function succeed(tx: Tx, intent: PaymentIntent, pending: Charge, origin: string): Promise<void> {
  const { id: balance_transaction } = await bookCharge(tx, pending, pending.amount);
  const charge: Charge = { ...succeeded(pending, origin), balance_transaction };
  const paid: PaymentIntent = {
    ...intent,
    amount_received: intent.amount,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: charge.payment_method,
    processing: null,
    status: 'succeeded',
  };
  await tx.objects.save(charge);
  await tx.objects.save(paid);
  await tx.events.record('payment_intent.succeeded', paid);
  await tx.events.record('charge.succeeded', charge);
}
