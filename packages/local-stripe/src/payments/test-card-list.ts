import type { Failure } from './fail.js';
import type { DisputeDetails } from './new-dispute.js';

/** What a payment with a test card does. */
export type Behaviour =
  | { does: 'pay' | 'warn' }
  /** `afterwards`: why it is declined all the same after an authentication that succeeded. */
  | { does: 'authenticate'; afterwards?: Failure }
  | { does: 'dispute'; details: DisputeDetails }
  | { does: 'decline'; failure: Failure };

export interface TestCard {
  number: string;
  behaviour: Behaviour;
  /** Defaults to US. */
  country?: string;
  /** Defaults to credit. */
  funding?: 'debit' | 'prepaid';
  /** Whether it can be saved to a customer though payments with it are declined. */
  canBeSaved?: true;
}

const pays = (number: string, more: Partial<TestCard> = {}): TestCard => ({
  number,
  behaviour: { does: 'pay' },
  ...more,
});
const authenticates = (number: string, country = 'US', afterwards?: Decline): TestCard => ({
  number,
  behaviour: { does: 'authenticate', ...(afterwards && { afterwards: failureOf(afterwards) }) },
  country,
});
const disputed = (number: string, details: DisputeDetails): TestCard => ({
  number,
  behaviour: { does: 'dispute', details },
});
const warns = (number: string): TestCard => ({ number, behaviour: { does: 'warn' } });

type Decline = Partial<Failure> & { canBeSaved?: true };

/** Defaults to a decline that may be tried again. */
const failureOf = (more: Partial<Failure>): Failure => ({
  code: 'card_declined',
  message: 'Your card was declined.',
  adviceCode: 'try_again_later',
  ...more,
});

const declines = (number: string, { canBeSaved, ...more }: Decline = {}): TestCard => ({
  number,
  behaviour: { does: 'decline', failure: failureOf(more) },
  ...(canBeSaved && { canBeSaved }),
});

const AGAIN = 'do_not_try_again';
const CHECK = 'confirm_card_data';

const expired = {
  code: 'expired_card',
  declineCode: 'expired_card',
  message: 'Your card has expired.',
  param: 'exp_month',
  adviceCode: CHECK,
};
const wrongCvc = {
  code: 'incorrect_cvc',
  declineCode: 'incorrect_cvc',
  message: "Your card's security code is incorrect.",
  param: 'cvc',
  adviceCode: CHECK,
};
const wrongZip = {
  code: 'incorrect_zip',
  declineCode: 'incorrect_zip',
  message: 'The zip code you supplied failed validation.',
  param: 'address_zip',
  adviceCode: CHECK,
};
const processingError = {
  code: 'processing_error',
  declineCode: 'processing_error',
  message: 'An error occurred while processing your card. Try again in a little bit.',
};
const noFunds = { declineCode: 'insufficient_funds', message: 'Your card has insufficient funds.' };
const blocked = { declineCode: 'fraudulent', adviceCode: AGAIN };

/** By country, two letters of its token: `tok_de`. */
const OF_COUNTRIES =
  'ar4000000320000021 at4000000400000008 au4000000360000006 be4000000560000004 bg4000001000000000 br4000000760000002 ' +
  'ca4000001240000000 ch4000007560000009 cl4000001520000001 cn4000001560000002 co4000001700000003 cr4000001880000005 ' +
  'cy4000001960000008 cz4000002030000002 de4000002760000016 dk4000002080000001 ec4000002180000000 ee4000002330000009 ' +
  'es4000007240000007 fi4000002460000001 fr4000002500000003 gb4000008260000000 gi4000002920000005 gr4000003000000030 ' +
  'hk4000003440000004 hr4000001910000009 hu4000003480000005 ie4000003720000005 in4000003560000008 it4000003800000008 ' +
  'jp4000003920000003 li4000004380000004 lt4000004400000000 lu4000004420000006 lv4000004280000005 mt4000004700000007 ' +
  'mx4000004840008001 my4000004580000002 nl4000005280000002 no4000005780000007 nz4000005540000008 pa4000005910000000 ' +
  'pe4000006040000068 pl4000006160000005 pt4000006200000007 py4000006000000066 ro4000006420000001 sa4000006820000007 ' +
  'se4000007520000008 sg4000007020000003 si4000007050000006 sk4000007030000001 th4000007640000003 tw4000001580000008 ' +
  'us4242424242424242 uy4000008580000003';

const ofCountries = Object.fromEntries(
  OF_COUNTRIES.split(' ').map((entry) => {
    const country = entry.slice(0, 2);
    return [country, pays(entry.slice(2), { country: country.toUpperCase() })] as const;
  }),
);

/** By the name in Stripe's tokens and test ids: `tok_visa`, `pm_card_visa`. The first name of a number is the card's. */
export const TEST_CARDS: Record<string, TestCard> = {
  visa: pays('4242424242424242'),
  visa_debit: pays('4000056655665556', { funding: 'debit' }),
  mastercard: pays('5555555555554444'),
  mastercard_debit: pays('5200828282828210', { funding: 'debit' }),
  mastercard_prepaid: pays('5105105105105100', { funding: 'prepaid' }),
  amex: pays('378282246310005'),
  discover: pays('6011111111111117'),
  diners: pays('3056930009020004'),
  jcb: pays('3566002020360505'),
  unionpay: pays('6200000000000005'),
  /** Of no token; everybody types it. */
  visaOnes: pays('4111111111111111'),
  bypassPending: pays('4000000000000077'),
  // Their refunds differ: see refundCourse.
  refundFail: pays('4000000000005126'),
  pendingRefund: pays('4000000000007726'),
  ...ofCountries,
  authenticationRequired: authenticates('4000002760003184', 'DE'),
  authenticationRequiredOnSetup: authenticates('4000002500003155', 'FR'),
  authenticationRequiredSetupForOffSession: authenticates('4000002500003155', 'FR'),
  threeDSecureRequired: authenticates('4000000000003063'),
  threeDSecure2Required: authenticates('4000000000003220'),
  threeDSecureRequiredChargeDeclined: authenticates('4000008400001629', 'US', { declineCode: 'generic_decline' }),
  authenticationRequiredChargeDeclinedInsufficientFunds: authenticates('4000008260003178', 'GB', noFunds),
  amex_threeDSecureNotSupported: pays('378282246310005'),
  threeDSecureOptional: pays('4000000000003055'),
  indiaMandate: authenticates('4000003560000123', 'IN'),
  createDispute: disputed('4000000000000259', { kind: 'chargeback', reason: 'fraudulent' }),
  createDisputeProductNotReceived: disputed('4000000000002685', { kind: 'chargeback', reason: 'product_not_received' }),
  createDisputeInquiry: disputed('4000000000001976', { kind: 'inquiry', reason: 'general' }),
  createIssuerFraudRecord: warns('4000000000005423'),
  riskLevelElevated: pays('4000000000009235'),
  riskLevelHighest: declines('4000000000004954', blocked),
  radarBlock: declines('4100000000000019', blocked),
  avsFail: pays('4000000000000010'),
  avsLine1Fail: pays('4000000000000028'),
  avsZipFail: declines('4000000000000036', wrongZip),
  avsUnchecked: pays('4000000000000044'),
  cvcCheckFail: declines('4000000000000101', wrongCvc),
  chargeDeclined: declines('4000000000000002', { declineCode: 'generic_decline' }),
  chargeCustomerFail: declines('4000000000000341', { declineCode: 'generic_decline', canBeSaved: true }),
  chargeDeclinedFraudulent: declines('4100000000000019', blocked),
  chargeDeclinedInsufficientFunds: declines('4000000000009995', noFunds),
  chargeDeclinedLostCard: declines('4000000000009987', { declineCode: 'lost_card', adviceCode: AGAIN }),
  chargeDeclinedStolenCard: declines('4000000000009979', { declineCode: 'stolen_card', adviceCode: AGAIN }),
  chargeDeclinedExpiredCard: declines('4000000000000069', expired),
  chargeDeclinedIncorrectCvc: declines('4000000000000127', wrongCvc),
  chargeDeclinedProcessingError: declines('4000000000000119', processingError),
  visa_chargeDeclinedVelocityLimitExceeded: declines('4000000000006975', {
    declineCode: 'card_velocity_exceeded',
  }),
};

/** A number that is no test card's. */
export const NOT_A_TEST_CARD: Behaviour = declines('', {
  declineCode: 'test_mode_live_card',
  message:
    'Your card was declined. Your request was in test mode, but used a non test card. ' +
    'For a list of valid test cards, visit: https://stripe.com/docs/testing.',
}).behaviour;
