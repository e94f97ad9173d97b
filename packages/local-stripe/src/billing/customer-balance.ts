import { newId } from '../model/ids.js';
import type { Customer, CustomerBalanceTransaction } from '../model/wire.js';
import type { Billing } from './billing.js';

interface Cause {
  type: CustomerBalanceTransaction['type'];
  invoice?: string;
  creditNote?: string;
  description?: string | null;
  currency?: string;
  metadata?: Record<string, string>;
}

/** Adds to a customer's balance (negative: credit) with its transaction; `customer.updated` reports it. */
export async function changeBalance(
  { tx, now }: Billing,
  before: Customer,
  amount: number,
  { type, invoice, creditNote, description = null, currency, metadata = {} }: Cause,
): Promise<CustomerBalanceTransaction> {
  const after: Customer = { ...before, balance: before.balance + amount };
  const transaction: CustomerBalanceTransaction = {
    id: newId('customerBalanceTransaction'),
    object: 'customer_balance_transaction',
    amount,
    checkout_session: null,
    created: now,
    credit_note: creditNote ?? null,
    currency: currency ?? before.currency ?? 'usd',
    customer: before.id,
    customer_account: null,
    description,
    ending_balance: after.balance,
    invoice: invoice ?? null,
    livemode: false,
    metadata,
    type,
  };
  await tx.objects.save(after);
  await tx.objects.insert(transaction);
  await tx.events.record('customer.updated', after, before);
  return transaction;
}
