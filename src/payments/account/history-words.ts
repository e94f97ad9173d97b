import type { PaymentStatus } from '../ledger/payment-status.js';

/** A change of a payment's status, as a customer reads it on the receipt. */
export function historyWords(from: PaymentStatus | null, to: PaymentStatus, cause: string): string {
  switch (to) {
    case 'pending':
      return cause === 'not started here' ? 'Bought outside of this shop' : 'Purchase started';
    case 'processing':
      return 'Payment on its way';
    case 'authorized':
      return 'Amount reserved on your card';
    case 'paid':
      return from === null || !AFTER_PAYING.includes(from) ? 'Paid' : wordsOfReturn(from);
    case 'partially_refunded':
      return from === 'disputed' ? wordsOfReturn(from) : 'Partly refunded';
    case 'refunded':
      return 'Refunded';
    case 'disputed':
      return 'Disputed with your bank';
    case 'failed':
      return cause === 'checkout refused' ? 'Checkout could not be opened' : 'Payment failed';
    case 'expired':
      return 'Checkout ended before anything was paid';
  }
}

const AFTER_PAYING: PaymentStatus[] = ['partially_refunded', 'refunded', 'disputed'];

const wordsOfReturn = (from: PaymentStatus) =>
  from === 'disputed' ? 'Dispute over: the payment stands' : 'A refund did not go through: paid again';
