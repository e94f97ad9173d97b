import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { normalizeEmail } from '../../auth/email.js';
import { idOf, fromUnixSeconds } from '../../stripe/stripe-fields.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { ownerOfEmail, verifiedOwnerOf } from '../store/payment-owner.js';
import { type NewPaymentRow, NO_PAYMENT_FACTS } from '../store/payment-row.js';
import { chargedBy } from './charged-amount.js';

/** Whether the customer completed a payment: not a subscription, and not the set-up of a card. */
export const isPayment = (session: CheckoutSession): boolean =>
  session.mode === 'payment' && session.status === 'complete' && chargedBy(session) !== undefined;

/**
 * The row of a payment whose session was not created here (a payment link, another instance), before any of its facts; `undefined`
 * where the session is not a completed payment.
 */
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
    userId: (await verifiedOwnerOf(tx, email)) ?? ownerOfEmail(email),
    email,
    emailVerified: false,
    description: link ? 'Bought by payment link' : 'Bought elsewhere',
    priceKey: link ?? 'unknown',
    ...charged,
    checkoutSessionId: session.id,
    createdAt: fromUnixSeconds(session.created) ?? at,
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
