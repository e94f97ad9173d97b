import { balanceOf } from './balance-object.js';
import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { Tx } from '../state/store.js';
import type { BalanceTransaction, StoredObject } from '../model/wire.js';

export interface Entry extends Pick<BalanceTransaction, 'amount' | 'currency' | 'type'> {
  /** Stripe's fee, in minor units. */
  fee?: number;
  feeDescription?: string;
  description?: string | null;
  /** The charge, refund or dispute that moved the money. */
  source: string;
  reportingCategory: string;
  /** Whether a payment is available at once. Defaults to false. */
  availableAtOnce?: boolean;
}

/** Payments are available after so many days. */
const PENDING_DAYS = 7;
const DAY_S = 24 * 60 * 60;

/** Adds a balance transaction; a negative amount left the balance. A payment is pending first, the rest available at once. */
export async function book(tx: Tx, entry: Entry): Promise<BalanceTransaction> {
  const { amount, currency, type, source, fee = 0, feeDescription = 'Stripe processing fees' } = entry;
  const now = unixNow();
  const pending = (type === 'charge' || type === 'payment') && entry.availableAtOnce !== true;
  const booked: BalanceTransaction = {
    id: newId('balanceTransaction'),
    object: 'balance_transaction',
    amount,
    available_on: pending ? now + PENDING_DAYS * DAY_S : now,
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
    status: pending ? 'pending' : 'available',
    type,
  };
  await tx.objects.insert(booked);
  if (entry.availableAtOnce) {
    await tx.events.record('balance.available', (await balanceOf(tx)) as unknown as StoredObject);
  }
  return booked;
}
