import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { normalizeEmail } from '../../auth/user.js';
import { fromUnixSeconds, identifierOf, idOf } from '../../stripe/stripe-fields.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { ownerOfEmail, verifiedOwnerOf } from '../store/payment-owner.js';
import { type NewPaymentRow, NO_PAYMENT_FACTS } from '../store/payment-store.service.js';
import type { Payment } from '../store/payment.entity.js';

/** What a payment was opened for. Amounts in minor units. */
type Requested = Pick<Payment, 'requestedAmount' | 'requestedCurrency' | 'otherPrices'>;

/** What a session charged, in minor units of its currency; `undefined` where the session does not say. */
export function chargedBy({ amount_total: amount, currency }: CheckoutSession) {
  const code = identifierOf(currency);
  return code !== undefined && Number.isSafeInteger(amount) ? { amount: Number(amount), currency: code } : undefined;
}

/**
 * Whether the amount that a completed session charged follows from the price it was opened for: that price, maybe in another
 * currency that we offered or that Stripe converted it to (https://docs.stripe.com/payments/currencies/localize-prices), minus
 * discounts, plus shipping, plus between none and all of the tax, which the price may include. Always true for a payment that was
 * not started here, since no price is known for it.
 */
export function isExplained(session: CheckoutSession, payment: Requested): boolean {
  const { amount_total: total, currency } = session;
  if (payment.requestedAmount === null || total === null || !currency) return true;
  const subtotal = expectedSubtotal(session, payment);
  if (subtotal === undefined || (session.amount_subtotal ?? subtotal) !== subtotal) return false;
  const { amount_discount: discount, amount_tax: tax, ...added } = session.total_details ?? {};
  const beforeTax = Math.max(subtotal - sumOfAmounts({ amount_discount: discount }) + sumOfAmounts(added), 0);
  return total >= beforeTax && total <= beforeTax + sumOfAmounts({ amount_tax: tax });
}

/** The price in the session's currency, minor units; `undefined` where neither our prices nor Stripe's conversion gives it. */
function expectedSubtotal(session: CheckoutSession, payment: Requested): number | undefined {
  const { currency, currency_conversion: conversion } = session;
  if (currency === payment.requestedCurrency) return payment.requestedAmount ?? undefined;
  const isConverted =
    conversion?.source_currency === payment.requestedCurrency &&
    conversion?.amount_subtotal === payment.requestedAmount;
  if (isConverted) return session.amount_subtotal ?? session.amount_total ?? undefined;
  return readPrices(payment.otherPrices)[currency ?? ''];
}

/** The sum of all `amount_…` fields, minor units: shipping, a tip and whatever else Stripe may add. */
const sumOfAmounts = (details: object): number =>
  Object.entries(details).reduce(
    (sum, [name, value]) => (name.startsWith('amount_') && Number.isSafeInteger(value) ? sum + Number(value) : sum),
    0,
  );

const readPrices = (json: string | null): Partial<Record<string, number>> =>
  json === null ? {} : (JSON.parse(json) as Record<string, number>);

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
