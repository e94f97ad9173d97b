import type { Session } from '../model/wire.js';

/** The cards that the page offers: what each does, and its number. */
const CHOICES: Array<[does: string, number: string]> = [
  ['Pays', '4242 4242 4242 4242'],
  ['Asks for authentication', '4000 0025 0000 3155'],
  ['Is declined', '4000 0000 0000 0002'],
  ['Has insufficient funds', '4000 0000 0000 9995'],
  ['Has expired', '4000 0000 0000 0069'],
  ['Has another CVC', '4000 0000 0000 0127'],
  ['Pays, then is disputed', '4000 0000 0000 0259'],
  ['Pays, early fraud warning', '4000 0000 0000 5423'],
  ['Pays, refund fails', '4000 0000 0000 5126'],
];

const digitsOf = (number: string): string => number.replaceAll(' ', '');

/** The list of test cards; `digits`: the chosen one's. */
export const testCards = (digits = '') =>
  CHOICES.map(([does, number]) => ({
    does,
    number,
    digits: digitsOf(number),
    chosen: digitsOf(number) === digits,
  }));

/** What a click on a test card fills in. */
export interface FilledIn {
  email: string;
  digits: string;
  number: string;
  expiry: string;
  cvc: string;
  name: string;
}

/** Reads `?card=` of the page's address; undefined where it is no card of the list: other numbers are never shown. */
export function filledIn({ card }: { card?: unknown }, session: Session, now: Date): FilledIn | undefined {
  const chosen = testCards().find(({ digits }) => digits === card);
  if (!chosen) return undefined;
  return {
    email: session.customer_email ?? 'customer@example.com',
    digits: chosen.digits,
    number: chosen.number,
    expiry: `12 / ${String((now.getUTCFullYear() + 3) % 100).padStart(2, '0')}`,
    cvc: '123',
    name: 'Test Customer',
  };
}
