import type { PaymentStatus } from '../ledger/payment-status.js';

/** Stripe's words for a declined attempt, of those that tell a customer what to do. */
const DECLINE_WORDS: Record<string, string> = {
  insufficient_funds: 'not enough money on the account',
  expired_card: 'the card has expired',
  incorrect_cvc: 'the security code was wrong',
  debit_not_authorized: 'the bank debit was not allowed',
};

/** What a customer reads while the last attempt to pay was declined; `undefined` once somebody has paid. */
export function declineWords(status: PaymentStatus, code: string | null): string | undefined {
  if (code === null || !NOT_PAID.includes(status)) return undefined;
  const why = DECLINE_WORDS[code];
  return `The last attempt to pay was declined${why ? `: ${why}` : ''}.`;
}

const NOT_PAID: PaymentStatus[] = ['pending', 'failed', 'expired'];
