import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { normalizeEmail } from '../../auth/email.js';
import { idOf, fromUnixSeconds } from '../../stripe/stripe-fields.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { chargedBy } from './charged-amount.js';
import { ownerOfEmail } from '../store/payment-owner.js';
import { Payment } from '../store/payment.entity.js';
import { type NewPaymentRow, NO_PAYMENT_FACTS } from '../store/payment-store.service.js';

/** Whether the customer has gone through with a payment: not a subscription, nor a card that is only kept. */
export const isPayment = (session: CheckoutSession): boolean =>
  session.mode === 'payment' && session.status === 'complete' && chargedBy(session) !== undefined;

/** The row of a payment that was never asked for here, before any of its facts; `undefined` where the session is not of a payment. */
export async function paymentFromExternalSession(
  tx: EntityManager,
  session: CheckoutSession,
  at: Date,
): Promise<NewPaymentRow | undefined> {
  const charged = chargedBy(session);
  if (!isPayment(session) || !charged) return undefined;
  const email = normalizeEmail(textOf(session.customer_details?.email) ?? textOf(session.customer_email) ?? '');
  const link = idOf(session.payment_link);
  return {
    ...NO_PAYMENT_FACTS,
    id: randomUUID(),
    userId: (await customerWith(tx, email)) ?? ownerOfEmail(email),
    email,
    emailVerified: 0,
    description: link ? 'Bought by payment link' : 'Bought elsewhere',
    priceKey: link ?? 'unknown',
    ...charged,
    checkoutSessionId: session.id,
    createdAt: fromUnixSeconds(session.created) ?? at,
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The customer who has paid here with this address, as theirs: anybody may write any address down, or begin to buy with it. */
async function customerWith(tx: EntityManager, email: string): Promise<string | undefined> {
  if (email === '') return undefined;
  const paid = tx
    .createQueryBuilder(Payment, 'payment')
    .where('payment.email = :email AND payment.emailVerified = 1 AND payment.settledAt IS NOT NULL', { email })
    .orderBy('payment.createdAt', 'DESC');
  return (await paid.limit(1).getOne())?.userId;
}
