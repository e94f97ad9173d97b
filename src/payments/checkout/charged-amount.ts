import { identifierOf } from '../../stripe/stripe-fields.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import type { Payment } from '../store/payment.entity.js';

/** What a payment was opened for, amounts in minor units. */
type Requested = Pick<Payment, 'requestedAmount' | 'requestedCurrency' | 'otherPrices'>;

/** What a session says that it charged, minor units of the currency; `undefined` where it does not say. */
export function chargedBy({ amount_total: amount, currency }: CheckoutSession) {
  const code = identifierOf(currency);
  return code !== undefined && Number.isSafeInteger(amount) ? { amount: Number(amount), currency: code } : undefined;
}

/**
 * Whether what a completed session of ours charged follows from the price it was opened for: that price, also in another
 * currency that we offered or that Stripe converted it to (https://docs.stripe.com/payments/currencies/localize-prices), less
 * discounts, plus shipping and at most all of the tax, which a price may include. Nothing is known of a payment that was not
 * started here, so anything explains it.
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

/** The price in the session's currency; `undefined` where neither we nor Stripe say what it is in that. */
function expectedSubtotal(session: CheckoutSession, payment: Requested): number | undefined {
  const { currency, currency_conversion: conversion } = session;
  if (currency === payment.requestedCurrency) return payment.requestedAmount ?? undefined;
  const isConverted =
    conversion?.source_currency === payment.requestedCurrency &&
    conversion?.amount_subtotal === payment.requestedAmount;
  if (isConverted) return session.amount_subtotal ?? session.amount_total ?? undefined;
  return readPrices(payment.otherPrices)[currency ?? ''];
}

/** Shipping, a tip, and whatever else Stripe adds in an `amount_…` of its own. */
const sumOfAmounts = (details: object): number =>
  Object.entries(details).reduce(
    (sum, [name, value]) => (name.startsWith('amount_') && Number.isSafeInteger(value) ? sum + Number(value) : sum),
    0,
  );

const readPrices = (json: string | null): Partial<Record<string, number>> =>
  json === null ? {} : (JSON.parse(json) as Record<string, number>);
