import type { Tx } from '../ledger.js';
import { newCharge } from '../payments/charges.js';
import { fail } from '../payments/fail.js';
import { intentOf } from '../payments/intents.js';
import type { Payer } from '../payments/means.js';
import { createPaymentMethod } from '../payments/payment-methods.js';
import { succeed } from '../payments/succeed.js';
import type { PaymentIntent, Session } from '../wire.js';
import { completeSession } from './complete.js';

export type Ending = 'settle' | 'fail';

/** The session is complete at once, the money is not there yet: it arrives, or does not, at `dueAtMs`. */
export async function payByBankDebit(
  tx: Tx,
  session: Session,
  payer: Payer,
  ending: Ending,
  dueAtMs: number,
): Promise<void> {
  const intent = await intentOf(tx, session);
  const method = await createPaymentMethod(tx, payer, { type: 'us_bank_account' });
  const charge = newCharge(intent, method);
  const processing: PaymentIntent = {
    ...intent,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: method.id,
    status: 'processing',
  };
  await tx.objects.insert(charge);
  await tx.objects.save(processing);
  await tx.events.record('payment_intent.processing', processing);
  await tx.events.record('charge.pending', charge);
  await completeSession(tx, session.id, 'unpaid', method);
  await tx.timers.set(ending === 'settle' ? 'settle_bank_debit' : 'fail_bank_debit', session.id, dueAtMs);
}

export async function settleBankDebit(tx: Tx, sessionId: string, origin: string): Promise<void> {
  const { session, intent, charge } = await underWay(tx, sessionId);
  const paid: Session = { ...session, payment_status: 'paid' };
  await succeed(tx, intent, charge, origin);
  await tx.objects.save(paid);
  await tx.events.record('checkout.session.async_payment_succeeded', paid);
}

export async function failBankDebit(tx: Tx, sessionId: string): Promise<void> {
  const { session, intent, charge, method } = await underWay(tx, sessionId);
  const message = "The customer's account has insufficient funds to cover this payment.";
  const failure = { code: 'insufficient_funds', message };
  await fail(tx, intent, method, failure, charge);
  await tx.events.record('checkout.session.async_payment_failed', session);
}

async function underWay({ objects }: Tx, sessionId: string) {
  const session = await objects.get('checkout.session', sessionId);
  const intent = await objects.get('payment_intent', session.payment_intent ?? '');
  const charge = await objects.get('charge', intent.latest_charge ?? '');
  const method = await objects.get('payment_method', intent.payment_method ?? '');
  return { session, intent, charge, method };
}
