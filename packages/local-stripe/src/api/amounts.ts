import { ApiError, invalidInteger, invalidRequest } from '../conventions/errors.js';
import { integer, type Reader } from '../conventions/params/index.js';
import { formatAmount } from '../model/money.js';

/** The least that Stripe charges, in minor units; in other currencies about half a dollar, which is not checked here. */
const LEAST: Record<string, number> = {
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
};

/** Eight digits. */
export const LARGEST_AMOUNT = 99_999_999;

/** Amounts of these must be a multiple: ISK and UGX have no fractions any more, and the last digit of KWD's is not used. */
const MULTIPLES: Record<string, number> = { isk: 100, ugx: 100, bhd: 10, jod: 10, kwd: 10, omr: 10, tnd: 10 };

export const leastAmount = (currency: string): number => LEAST[currency] ?? 1;

const positive = integer({ min: 1 });

/** An amount to pay, in minor units. Its bounds depend on the currency: see `checkAmount`. */
export const amount: Reader<number> = (raw, param) => {
  const value = positive(raw, param);
  if (value <= LARGEST_AMOUNT) return value;
  const message = 'Amount must be no more than $999,999.99';
  throw new ApiError(400, { type: 'invalid_request_error', code: 'amount_too_large', message });
};

/** Throws ApiError 400 where this cannot be charged in the currency. */
export function checkAmount(value: number, currency: string, param = 'amount'): void {
  const least = leastAmount(currency);
  if (value < least) {
    const message = `Amount must be at least ${formatAmount(least, currency)} ${currency}`;
    throw invalidRequest(message, param, 'amount_too_small');
  }
  const multiple = MULTIPLES[currency] ?? 1;
  if (value % multiple !== 0) {
    const message = `Invalid amount: in ${currency} it must be a multiple of ${multiple}, not ${value}.`;
    throw invalidInteger(message, param);
  }
}
