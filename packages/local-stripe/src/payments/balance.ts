import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { Tx } from '../state/store.js';
import type { BalanceTransaction } from '../model/wire.js';

export interface Entry extends Pick<BalanceTransaction, 'amount' | 'currency' | 'type'> {
  /** Stripe's fee, in minor units. */
  fee?: number;
  feeDescription?: string;
  description?: string | null;
  /** The charge, refund or dispute that moved the money. */
  source: string;
  reportingCategory: string;
}

/** Adds a balance transaction; a negative amount left the balance. It is available at once: there are no payouts here. */
export async function book(tx: Tx, entry: Entry): Promise<BalanceTransaction> {
  const { amount, currency, type, source, fee = 0, feeDescription = 'Stripe processing fees' } = entry;
  const now = unixNow();
  const booked: BalanceTransaction = {
    id: newId('balanceTransaction'),
    object: 'balance_transaction',
    amount,
    available_on: now,
    balance_type: 'payments',
    created: now,
    currency,
    description: entry.description ?? null,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0 ? [] : [{ amount: fee, application: null, currency, description: feeDescription, type: 'stripe_fee' }],
    net: amount - fee,
    reporting_category: entry.reportingCategory,
    source,
    status: 'available',
    type,
  };
  await tx.objects.insert(booked);
  return booked;
}
