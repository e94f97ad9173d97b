import type { Timer } from '../state/timers.js';
import type { Tx } from '../state/store.js';
import type { Customer, Invoice, Subscription } from '../model/wire.js';
import { subscriptionIdOf } from './invoice-store.js';

const TASKS = ['subscription_due', 'invoice_due'];

/**
 * Reads what these timers will need, each kind in one statement: their subscriptions and invoices, the customers, and the payment
 * methods that are charged.
 */
export async function readAhead({ objects }: Tx, timers: readonly Timer[]): Promise<void> {
  const ids = timers.filter(({ task }) => TASKS.includes(task)).map(({ objectId }) => objectId);
  const due = (await objects.readAhead(ids)) as Array<Invoice | Subscription>;
  const billed = due.flatMap((each) => (each.object === 'invoice' ? (subscriptionIdOf(each) ?? []) : []));
  const customers = due.map(({ customer }) => String(customer));
  const payers = (await objects.readAhead([...customers, ...billed])) as Array<Customer | Subscription>;
  const methods = payers.map((each) =>
    each.object === 'customer' ? each.invoice_settings.default_payment_method : each.default_payment_method,
  );
  await objects.readAhead(methods.filter((id) => typeof id === 'string'));
}
