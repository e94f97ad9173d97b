import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { idOf } from '../../stripe/id-of.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { Payment } from '../ledger/payment.entity.js';

/**
 * Whether a checkout that was never asked for here is of this app all the same: it carries our name, as another instance's
 * does, or comes from a payment link, which somebody made in the Dashboard. Events that name another app never come here.
 */
export const isOurs = ({ metadata, payment_link: link }: CheckoutSession, appName: string): boolean =>
  metadata?.app_name === undefined ? Boolean(link) : metadata.app_name === appName;

/** Whether the customer has gone through with a payment: not a subscription, nor a card that is only kept. */
export const isPayment = ({ mode, status, amount_total: amount, currency }: CheckoutSession): boolean =>
  mode === 'payment' && status === 'complete' && amount !== null && currency !== null;

/** The row of such a payment, before any of its facts; `undefined` where the session is not of a payment. */
export async function unaskedPayment(
  tx: EntityManager,
  session: CheckoutSession,
): Promise<Omit<Payment, 'status' | 'amountRefunded'> | undefined> {
  const { amount_total: amount, currency } = session;
  if (!isPayment(session) || amount === null || !currency) return undefined;
  const email = (session.customer_details?.email ?? session.customer_email ?? '').toLowerCase();
  const link = idOf(session.payment_link);
  return {
    id: randomUUID(),
    userId: await userOf(tx, email),
    email,
    description: link ? 'Bought by payment link' : 'Bought elsewhere',
    priceKey: link ?? 'unknown',
    amount,
    currency,
    priceId: null,
    sessionAskedAt: null,
    checkoutSessionId: session.id,
    paymentIntentId: null,
    processingAt: null,
    settledAt: null,
    failedAt: null,
    expiredAt: null,
    createdAt: new Date(session.created * 1_000),
  };
}

/** Whose it is: the customer who paid here with this address before, else whoever has it. */
async function userOf(tx: EntityManager, email: string): Promise<string> {
  const known = await tx.findOne(Payment, { where: { email }, order: { createdAt: 'DESC' } });
  return known?.userId ?? email;
}
