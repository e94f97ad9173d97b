import { loadSubscription } from '../billing/subscription-store.js';
import { momentOf } from '../dashboard/labels.js';
import type { SubscriptionStep } from '../billing/engine/due.js';
import { nextInvoiceStep, type InvoiceStep } from '../billing/engine/invoice-due.js';
import type { Fact, Moment, Pill } from '../http/components.js';
import { formatAmount } from '../model/money.js';
import type { Customer, Invoice, Subscription } from '../model/wire.js';
import { planNameOf, priceText } from '../portal/subscriptions.js';
import type { Tx } from '../state/store.js';
import { invoicePills, subscriptionPills } from './statuses.js';
import { stepsOf } from './subscription-ahead.js';

/** What happens next to an object, and when by its clock. */
export interface NextStep {
  what: string;
  at: Moment;
}

export interface CustomerRow {
  id: string;
  /** Email, name or id. */
  label: string;
  /** The name beside an email. */
  name: string;
  subscriptions: Array<Pill & { id: string }>;
  /** Formatted, empty where it is zero. */
  balance: string;
  made: Moment;
}

export interface SubscriptionRow {
  id: string;
  plan: string;
  /** `$20.00 per month` */
  price: string;
  pills: Pill[];
  customer: string;
  next: NextStep | undefined;
  made: Moment;
}

export interface InvoiceRow {
  id: string;
  number: string;
  amount: string;
  pills: Pill[];
  customer: string;
  next: NextStep | undefined;
  made: Moment;
}

/** What a list says of the next step; what is only announced is left out. */
const NEXT: Partial<Record<SubscriptionStep | InvoiceStep, string>> = {
  renew: 'Renews',
  end_trial: 'Trial ends',
  cancel: 'Ends',
  cancel_disputed: 'Ends',
  expire_incomplete: 'Expires',
  resume_collection: 'Collects again',
  resume: 'Resumes',
  finalize: 'Finalized',
  collect: 'Tried again',
  overdue: 'Overdue',
};

/** Email, name or id of a customer. */
export const labelOf = ({ email, name, id }: Pick<Customer, 'email' | 'name' | 'id'>): string => email ?? name ?? id;

/** The most statuses in the row of a customer. */
const SUBSCRIPTIONS_SHOWN = 3;

export async function customerRow({ objects }: Tx, customer: Customer): Promise<CustomerRow> {
  const { id, balance, created, currency, email, name } = customer;
  const subscriptions = await objects.list('subscription', { limit: SUBSCRIPTIONS_SHOWN, where: { customer: id } });
  return {
    id,
    label: labelOf(customer),
    name: email ? (name ?? '') : '',
    subscriptions: subscriptions.flatMap((each) =>
      subscriptionPills(each)
        .slice(0, 1)
        .map((pill) => ({ ...pill, id: each.id })),
    ),
    balance: balance === 0 ? '' : formatAmount(balance, currency ?? 'usd'),
    made: momentOf(created * 1000),
  };
}

export async function subscriptionRow(tx: Tx, subscription: Subscription): Promise<SubscriptionRow> {
  const { id, created, customer } = subscription;
  const loaded = await loadSubscription({ tx }, id);
  const next = (loaded ? await stepsOf(tx, loaded) : []).find(({ step }) => NEXT[step]);
  return {
    id,
    plan: await planNameOf(tx, subscription),
    price: priceText(subscription),
    pills: subscriptionPills(subscription),
    customer: await customerLabel(tx, String(customer)),
    next: next && { what: NEXT[next.step] ?? '', at: momentOf(next.at * 1000) },
    made: momentOf(created * 1000),
  };
}

export async function invoiceRow(tx: Tx, invoice: Invoice): Promise<InvoiceRow> {
  const { id, created, currency, number, total } = invoice;
  const next = nextInvoiceStep(invoice);
  return {
    id,
    number: number ?? '',
    amount: formatAmount(total, currency),
    pills: invoicePills(invoice),
    customer: invoice.customer_email ?? invoice.customer_name ?? String(invoice.customer),
    next: next && { what: NEXT[next.step] ?? '', at: momentOf(next.at * 1000) },
    made: momentOf(created * 1000),
  };
}

/** Of a customer that was deleted only the id is left. */
export async function customerLabel({ objects }: Tx, id: string): Promise<string> {
  const customer = await objects.find('customer', id);
  return customer ? labelOf(customer) : id;
}

/** The customer with their page; of one that was deleted the id alone. */
export async function customerFact({ objects }: Tx, id: string): Promise<Fact> {
  const customer = await objects.find('customer', id);
  return { label: 'Customer', ...(customer ? { text: labelOf(customer), href: `/customers/${id}` } : { code: id }) };
}

export const rowsOf = async <T, R>(items: readonly T[], rowOf: (item: T) => Promise<R>): Promise<R[]> =>
  Promise.all(items.map(rowOf));
