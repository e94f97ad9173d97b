import type { Failure } from './fail.js';
import type { Card } from './payment-method-kinds.js';
import { type Behaviour, NOT_A_TEST_CARD, TEST_CARDS, type TestCard } from './test-card-list.js';

const BRANDS: Array<[RegExp, string]> = [
  [/^4/, 'visa'],
  [/^(5[1-5]|2[2-7])/, 'mastercard'],
  [/^3[47]/, 'amex'],
  [/^6(011|5)/, 'discover'],
  [/^3(0|6|8)/, 'diners'],
  [/^35/, 'jcb'],
  [/^62/, 'unionpay'],
];

/** The brand of a card number, by its first digits. */
export const brandOf = (digits: string): string => BRANDS.find(([prefix]) => prefix.test(digits))?.[1] ?? 'unknown';

const VALID_YEARS = 1;

/** The first name counts: `us` is `visa`. */
const NAMES = new Map(
  Object.entries(TEST_CARDS)
    .toReversed()
    .map(([name, { number }]) => [number, name]),
);

/** The name of the test card with this number, stored in its place; empty where it is none. */
export const nameOf = (digits: string): string => NAMES.get(digits) ?? '';

const cardOf = (name: string): TestCard | undefined => (Object.hasOwn(TEST_CARDS, name) ? TEST_CARDS[name] : undefined);

export const behaviourOf = (name: string): Behaviour => cardOf(name)?.behaviour ?? NOT_A_TEST_CARD;

/** Why this card cannot be saved to a customer; undefined where it can. */
export function refusalToSave(name: string): Failure | undefined {
  const { behaviour, canBeSaved } = cardOf(name) ?? { behaviour: NOT_A_TEST_CARD };
  return behaviour.does === 'decline' && !canBeSaved ? behaviour.failure : undefined;
}

/** The card of a token's name (`visa`, `visa_chargeDeclined`); undefined where there is none. */
export function cardNamed(token: string, now: Date): Card | undefined {
  const name = cardOf(token) ? token : token.replace(/^visa_(?=charge)/, '');
  const number = cardOf(name)?.number;
  if (number === undefined) return undefined;
  return {
    ...cardNumbered(number),
    expMonth: now.getUTCMonth() + 1,
    expYear: now.getUTCFullYear() + VALID_YEARS,
    testCard: name,
  };
}

/** What is known of a number: its test card, or what its first digits say. */
export function cardNumbered(number: string): Omit<Card, 'expMonth' | 'expYear'> {
  const testCard = nameOf(number);
  const { country, funding } = cardOf(testCard) ?? {};
  return {
    brand: brandOf(number),
    last4: number.slice(-4),
    testCard,
    ...(country !== undefined && { country }),
    ...(funding !== undefined && { funding }),
  };
}
