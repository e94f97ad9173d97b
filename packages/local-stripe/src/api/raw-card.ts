import { invalidRequest, ApiError } from '../conventions/errors.js';
import { integer, optional, shape, text, type Reader, type ValueOf } from '../conventions/params/index.js';
import { nowMs } from '../model/clock.js';
import type { Card } from '../payments/payment-method-kinds.js';
import { cardNumbered, nameOf } from '../payments/test-cards.js';

const RAW_CARD =
  'Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens that map ' +
  'to the test card you are using, see https://stripe.com/docs/testing.';

/** The numbers of test cards are taken, as by accounts that may send numbers; others are refused and never shown. */
const number: Reader<string | undefined> = (raw, param) => {
  if (raw === undefined) return undefined;
  const digits = String(raw).replaceAll(/[\s-]/g, '');
  if (nameOf(digits) === '') throw new ApiError(402, { type: 'invalid_request_error', message: RAW_CARD, param });
  return digits;
};

const line = optional(text);

/** The fields of a card that is sent as such. Its address is taken, as older versions have it, and not kept. */
export const rawCardFields = {
  address_city: line,
  address_country: line,
  address_line1: line,
  address_line2: line,
  address_state: line,
  address_zip: line,
  currency: line,
  cvc: line,
  exp_month: optional(integer()),
  exp_year: optional(integer({ min: 0 })),
  name: line,
  number,
};

export const rawCard = shape(rawCardFields);

/** The card of these fields; undefined where they have no number. Throws ApiError 402 where it has expired, or a field of it is invalid. */
export function cardOf(said: Partial<ValueOf<typeof rawCard>>, within: string): Card | undefined {
  if (said.number === undefined) return undefined;
  const now = new Date(nowMs());
  const { exp_month: expMonth = 12, exp_year = now.getUTCFullYear() + 1 } = said;
  const expYear = exp_year < 100 ? 2000 + exp_year : exp_year;
  const invalid = (field: string, code: string, what: string): ApiError => {
    const param = within ? `${within}[${field}]` : field;
    return new ApiError(402, { type: 'card_error', code, message: `Your card's ${what} is invalid.`, param });
  };
  if (expMonth < 1 || expMonth > 12) throw invalid('exp_month', 'invalid_expiry_month', 'expiration month');
  if (Date.UTC(expYear, expMonth) <= now.getTime()) {
    throw invalid('exp_year', 'invalid_expiry_year', 'expiration year');
  }
  if (said.cvc !== undefined && !/^\d{3,4}$/.test(said.cvc)) throw invalid('cvc', 'invalid_cvc', 'security code');
  if (expYear > now.getUTCFullYear() + 50) throw invalidRequest("Your card's expiration year is invalid.", within);
  return { ...cardNumbered(said.number), expMonth, expYear };
}
