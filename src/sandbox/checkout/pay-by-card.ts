import type { Tx } from '../ledger.js';
import { newCharge } from '../payments/charges.js';
import { raiseDispute } from '../payments/disputes.js';
import { fail } from '../payments/fail.js';
import { intentOf } from '../payments/intents.js';
import type { Card, Payer } from '../payments/means.js';
import { createPaymentMethod } from '../payments/payment-methods.js';
import { succeed } from '../payments/succeed.js';
import type { PaymentIntent, PaymentMethod, Session } from '../wire.js';
import { requireAuthentication } from './authentication.js';
import { completeSession } from './complete.js';
import type { Behaviour } from './test-cards.js';

export type CardOutcome = { outcome: 'paid' | 'authenticate' } | { outcome: 'declined'; message: string };

/** Pays an open session by card: what comes of it is up to the test card. */
export async function payByCard(
  tx: Tx,
  session: Session,
  payer: Payer,
  card: Card,
  behaviour: Behaviour,
  origin: string,
): Promise<CardOutcome> {
  const intent = await intentOf(tx, session);
  const method = await createPaymentMethod(tx, payer, { type: 'card', card });

  switch (behaviour.does) {
    case 'decline': {
      const charge = newCharge(intent, method);
      await tx.objects.insert(charge);
      await fail(tx, intent, method, behaviour.failure, charge);
      return { outcome: 'declined', message: behaviour.failure.message };
    }
    case 'authenticate':
      await requireAuthentication(tx, intent, method, `${origin}/c/pay/${session.id}`);
      return { outcome: 'authenticate' };
    case 'pay':
      await payNow(tx, session.id, intent, method, origin);
      return { outcome: 'paid' };
    case 'dispute': {
      const chargeId = await payNow(tx, session.id, intent, method, origin);
      await raiseDispute(tx, await tx.objects.get('charge', chargeId), behaviour.complaint);
      return { outcome: 'paid' };
    }
  }
}

/** The card is charged and the session is over. Returns the charge's id. */
export async function payNow(
  tx: Tx,
  sessionId: string,
  intent: PaymentIntent,
  method: PaymentMethod,
  origin: string,
): Promise<string> {
  const charge = newCharge(intent, method);
  await tx.objects.insert(charge);
  await succeed(tx, intent, charge, origin);
  await completeSession(tx, sessionId, 'paid', method);
  return charge.id;
}
