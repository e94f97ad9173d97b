import type { Failure } from './fail.js';
import type { Card } from './payment-method-kinds.js';
import type { DisputeDetails } from './new-dispute.js';

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

/** What a payment with a test card does. */
export type Behaviour =
  | { does: 'pay' | 'authenticate' | 'warn' }
  | { does: 'dispute'; details: DisputeDetails }
  | { does: 'decline'; failure: Failure };

interface TestCard {
  number: string;
  behaviour: Behaviour;
}

const pays = (number: string): TestCard => ({ number, behaviour: { does: 'pay' } });
const authenticates = (number: string): TestCard => ({ number, behaviour: { does: 'authenticate' } });
const disputed = (number: string, details: DisputeDetails): TestCard => ({
  number,
  behaviour: { does: 'dispute', details },
});
const declines = (number: string, message: string, declineCode?: string, code = 'card_declined'): TestCard => ({
  number,
  behaviour: { does: 'decline', failure: { code, ...(declineCode && { declineCode }), message } },
});

const DECLINED = 'Your card was declined.';

/** By the name in Stripe's tokens and test ids: `tok_visa`, `pm_card_visa`. */
const TEST_CARDS: Record<string, TestCard> = {
  visa: pays('4242424242424242'),
  visa_debit: pays('4000056655665556'),
  mastercard: pays('5555555555554444'),
  mastercard_debit: pays('5200828282828210'),
  mastercard_prepaid: pays('5105105105105100'),
  amex: pays('378282246310005'),
  discover: pays('6011111111111117'),
  diners: pays('3056930009020004'),
  jcb: pays('3566002020360505'),
  unionpay: pays('6200000000000005'),
  bypassPending: pays('4000000000000077'),
  // Their refunds differ: see refundCourse.
  refundFail: pays('4000000000005126'),
  pendingRefund: pays('4000000000007726'),
  authenticationRequired: authenticates('4000002760003184'),
  authenticationRequiredOnSetup: authenticates('4000002500003155'),
  threeDSecure2Required: authenticates('4000000000003220'),
  createDispute: disputed('4000000000000259', { kind: 'chargeback', reason: 'fraudulent' }),
  createDisputeProductNotReceived: disputed('4000000000002685', { kind: 'chargeback', reason: 'product_not_received' }),
  createDisputeInquiry: disputed('4000000000001976', { kind: 'inquiry', reason: 'general' }),
  createIssuerFraudRecord: { number: '4000000000005423', behaviour: { does: 'warn' } },
  chargeDeclined: declines('4000000000000002', DECLINED, 'generic_decline'),
  chargeCustomerFail: declines('4000000000000341', DECLINED, 'generic_decline'),
  chargeDeclinedFraudulent: declines('4100000000000019', DECLINED, 'fraudulent'),
  chargeDeclinedInsufficientFunds: declines(
    '4000000000009995',
    'Your card has insufficient funds.',
    'insufficient_funds',
  ),
  chargeDeclinedLostCard: declines('4000000000009987', DECLINED, 'lost_card'),
  chargeDeclinedStolenCard: declines('4000000000009979', DECLINED, 'stolen_card'),
  chargeDeclinedExpiredCard: declines('4000000000000069', 'Your card has expired.', undefined, 'expired_card'),
  chargeDeclinedIncorrectCvc: declines(
    '4000000000000127',
    "Your card's security code is incorrect.",
    undefined,
    'incorrect_cvc',
  ),
  chargeDeclinedProcessingError: declines(
    '4000000000000119',
    'An error occurred while processing your card. Try again in a little bit.',
    undefined,
    'processing_error',
  ),
};

const { behaviour: NOT_A_TEST_CARD } = declines(
  '',
  'Your card was declined. Your request was in test mode, but used a non test card. ' +
    'For a list of valid test cards, visit: https://stripe.com/docs/testing.',
  'test_mode_live_card',
);

const NAMES = new Map(Object.entries(TEST_CARDS).map(([name, { number }]) => [number, name]));
const VALID_YEARS = 1;

/** The name of the test card with this number, stored in its place; empty where it is none. */
export const nameOf = (digits: string): string => NAMES.get(digits) ?? '';

const cardOf = (name: string): TestCard | undefined => (Object.hasOwn(TEST_CARDS, name) ? TEST_CARDS[name] : undefined);

export const behaviourOf = (name: string): Behaviour => cardOf(name)?.behaviour ?? NOT_A_TEST_CARD;

/** The card of a token's name (`visa`, `visa_chargeDeclined`); undefined where there is none. */
export function cardNamed(token: string, now: Date): Card | undefined {
  const name = token.replace(/^visa_(?=charge)/, '');
  const number = cardOf(name)?.number;
  if (number === undefined) return undefined;
  return {
    brand: brandOf(number),
    expMonth: now.getUTCMonth() + 1,
    expYear: now.getUTCFullYear() + VALID_YEARS,
    last4: number.slice(-4),
    testCard: name,
  };
}
