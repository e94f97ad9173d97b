import type { Failure } from '../payments/fail.js';
import type { Complaint } from '../payments/new-dispute.js';

/** What a test card does when it is paid with. */
export type Behaviour =
  { does: 'pay' | 'authenticate' } | { does: 'dispute'; complaint: Complaint } | { does: 'decline'; failure: Failure };

const pays: Behaviour = { does: 'pay' };

const declines = (code: string, declineCode: string | undefined, message: string): Behaviour => ({
  does: 'decline',
  failure: { code, declineCode, message },
});

const TEST_CARDS: Record<string, Behaviour> = {
  '4242424242424242': pays,
  '4000056655665556': pays,
  '5555555555554444': pays,
  '378282246310005': pays,
  '6011111111111117': pays,
  // Their refunds fail after they succeeded, or are pending first: see refundCourse.
  '4000000000005126': pays,
  '4000000000007726': pays,
  '4000002500003155': { does: 'authenticate' },
  '4000000000000259': { does: 'dispute', complaint: { kind: 'chargeback', reason: 'fraudulent' } },
  '4000000000001976': { does: 'dispute', complaint: { kind: 'inquiry', reason: 'general' } },
  '4000000000002685': { does: 'dispute', complaint: { kind: 'chargeback', reason: 'product_not_received' } },
  '4000000000000002': declines('card_declined', 'generic_decline', 'Your card was declined.'),
  '4000000000009995': declines('card_declined', 'insufficient_funds', 'Your card has insufficient funds.'),
  '4000000000000069': declines('expired_card', undefined, 'Your card has expired.'),
  '4000000000000127': declines('incorrect_cvc', undefined, "Your card's security code is incorrect."),
};

const NOT_A_TEST_CARD = declines(
  'card_declined',
  'test_mode_live_card',
  'Your card was declined. Your request was in test mode, but used a non test card. ' +
    'For a list of valid test cards, visit: https://stripe.com/docs/testing.',
);

export const behaviourOf = (cardNumber: string): Behaviour => TEST_CARDS[cardNumber] ?? NOT_A_TEST_CARD;
