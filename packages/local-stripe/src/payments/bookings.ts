import type { Tx } from '../ledger.js';
import type { BalanceTransaction, Charge, Dispute, Refund } from '../wire.js';
import { book } from './balance.js';
import { DISPUTE_FEE, processingFee } from './fees.js';

const isCard = (charge: Charge): boolean => charge.payment_method_details?.type === 'card';

/** Stripe's word for money that a customer paid: only cards are charged. */
export const bookCharge = (tx: Tx, charge: Charge, amount: number): Promise<BalanceTransaction> =>
  book(tx, {
    amount,
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
    // What is settled before it becomes a chargeback costs no dispute fee.
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
