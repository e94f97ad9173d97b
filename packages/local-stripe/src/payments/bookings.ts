import type { Tx } from '../state/store.js';
import type { BalanceTransaction, Charge, Dispute, Refund } from '../model/wire.js';
import { book } from './balance.js';

/** The fee of a dispute, in minor units; returned when it is won. */
export const DISPUTE_FEE = 1500;

/** Minor units, in every currency; Stripe has an amount for each. */
const FIXED = 30;
const BANK_DEBIT_MOST = 500;

/** The fee of a payment, in minor units: 2.9 % + 30; for a bank debit 0.8 %, at most 500. Rounded. */
export function processingFee(amount: number, method: string): number {
  if (method === 'us_bank_account') return Math.min(perMille(amount, 8), BANK_DEBIT_MOST);
  return perMille(amount, 29) + FIXED;
}

const perMille = (amount: number, share: number): number => Math.floor((amount * share + 500) / 1000);

const isCard = (charge: Charge): boolean => charge.payment_method_details?.type === 'card';

/** The last digits of the test card whose payments are available at once. */
const BYPASS_PENDING = '0077';

/** Books a payment: type `charge` for cards, `payment` for other methods. */
export const bookCharge = (tx: Tx, charge: Charge, amount: number): Promise<BalanceTransaction> =>
  book(tx, {
    amount,
    availableAtOnce: charge.payment_method_details?.card?.last4 === BYPASS_PENDING,
    currency: charge.currency,
    description: charge.description,
    fee: processingFee(amount, charge.payment_method_details?.type ?? 'card'),
    reportingCategory: 'charge',
    source: charge.id,
    type: isCard(charge) ? 'charge' : 'payment',
  });

export const bookRefund = (tx: Tx, charge: Charge, refund: Refund): Promise<BalanceTransaction> =>
  book(tx, {
    amount: -refund.amount,
    currency: refund.currency,
    description: charge.description === null ? null : `REFUND FOR CHARGE (${charge.description})`,
    reportingCategory: 'refund',
    source: refund.id,
    type: isCard(charge) ? 'refund' : 'payment_refund',
  });

export const bookFailedRefund = (tx: Tx, charge: Charge, refund: Refund): Promise<BalanceTransaction> =>
  book(tx, {
    amount: refund.amount,
    currency: refund.currency,
    description: charge.description === null ? null : `REFUND FAILURE (${charge.description})`,
    reportingCategory: 'refund_failure',
    source: refund.id,
    type: isCard(charge) ? 'refund_failure' : 'payment_failure_refund',
  });

export const bookWithdrawal = (tx: Tx, dispute: Dispute): Promise<BalanceTransaction> =>
  book(tx, {
    amount: -dispute.amount,
    currency: dispute.currency,
    description: `Chargeback withdrawal for ${dispute.charge}`,
    // A resolution before the chargeback has no dispute fee.
    fee: dispute.status === 'prevented' ? 0 : DISPUTE_FEE,
    feeDescription: 'Dispute fee',
    reportingCategory: 'dispute',
    source: dispute.id,
    type: 'adjustment',
  });

export const bookReinstatement = (tx: Tx, dispute: Dispute): Promise<BalanceTransaction> =>
  book(tx, {
    amount: dispute.amount,
    currency: dispute.currency,
    description: `Chargeback reversal for ${dispute.charge}`,
    fee: -DISPUTE_FEE,
    feeDescription: 'Dispute fee refund',
    reportingCategory: 'dispute_reversal',
    source: dispute.id,
    type: 'adjustment',
  });
