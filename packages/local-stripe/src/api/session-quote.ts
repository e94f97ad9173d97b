import { billingFor, NO_ORIGIN, type Billing } from '../billing/billing.js';
import { createSubscription, type Wanted } from '../billing/create-subscription.js';
import { addOneTimeItem } from '../billing/one-time-item.js';
import { tryOut } from '../billing/preview.js';
import type { Customer, Invoice, LineItem, PaymentIntent, Price, Session, Subscription } from '../model/wire.js';
import { newCustomer } from '../payments/new-customer.js';
import type { Tx } from '../state/store.js';
import { wantedOf } from './new-subscription.js';
import { creationOf } from './session-subscription-data.js';

/** Billing by the clock of the session's customer. `at`: Unix seconds; undefined: now. */
export async function billingOf(tx: Tx, session: Session, at?: number, origin = NO_ORIGIN): Promise<Billing> {
  const customer = session.customer === null ? undefined : await tx.objects.find('customer', session.customer);
  const billing = await billingFor(tx, origin, (customer?.test_clock ?? null) as string | null);
  return { ...billing, now: at ?? billing.now };
}

/** How a session's subscription is paid. */
export interface Payment {
  /** The subscription's own payment method. */
  method: string | null;
  /** What has paid its first invoice, or is about to; undefined where nothing is due. */
  paidBy?: PaymentIntent;
}

/** Makes the subscription of a session. Throws ApiError 400 where its parameters do not allow it. */
export async function subscribe(
  billing: Billing,
  session: Session,
  customer: Customer,
  { method, paidBy }: Payment,
): Promise<Subscription> {
  const { tx, now, settings } = billing;
  const { lineItems, subscription: data = {}, discounts = [] } = await tx.objects.notes('checkout.session', session.id);
  const recurring = lineItems.filter(({ price }) => price?.recurring);
  const items = recurring.map(({ price, quantity }) => ({
    price: price as Price,
    quantity: quantity ?? 1,
    metadata: {},
    discounts: [],
    taxRates: [],
  }));
  const wanted: Wanted = await wantedOf(
    tx,
    creationOf(data as Parameters<typeof creationOf>[0], customer.id, discounts),
    customer,
    now,
    settings.billing_mode,
    items,
  );
  for (const { price, quantity } of lineItems) {
    if (price && !price.recurring) await addOneTimeItem(billing, customer, price, quantity ?? 1);
  }
  const own = { ...wanted.fields, ...(method !== null && { default_payment_method: method }) };
  const { subscription } = await createSubscription(billing, { ...wanted, fields: own, ...(paidBy && { paidBy }) });
  return subscription;
}

export interface Quote {
  /** What the customer pays now, in minor units; 0 in a trial. */
  due: number;
  amounts: Pick<Session, 'amount_subtotal' | 'amount_total' | 'currency' | 'total_details'>;
  lineItems: LineItem[];
}

/**
 * What a session charges today: its subscription is made, looked at and taken back, so that the page shows what is then
 * charged. `session` need not be stored, but its notes must be.
 */
export async function quote(billing: Billing, session: Session): Promise<Quote> {
  const { tx } = billing;
  const invoice = await tryOut(billing, async () => {
    const customer = await customerOrAnyone(tx, session);
    const { latest_invoice: id } = await subscribe(billing, session, customer, { method: null });
    return id === null ? undefined : tx.objects.get('invoice', String(id));
  });
  const { lineItems } = await tx.objects.notes('checkout.session', session.id);
  return {
    due: invoice?.amount_due ?? 0,
    amounts: amountsOf(invoice, lineItems[0]?.currency ?? 'usd'),
    lineItems: lineItems.map((item) => billedItem(item, invoice)),
  };
}

async function customerOrAnyone({ objects }: Tx, { customer }: Session): Promise<Customer> {
  const known = customer === null ? undefined : await objects.find('customer', customer);
  if (known) return known;
  const anyone = newCustomer();
  await objects.insert(anyone);
  return anyone;
}

const sumOf = (parts: Array<{ amount: number }> | null | undefined): number =>
  (parts ?? []).reduce((total, { amount }) => total + amount, 0);

/** The amounts of a session, which are those of its first invoice; 0 where there is none. */
export function amountsOf(invoice: Invoice | undefined, currency: string): Quote['amounts'] {
  return {
    amount_subtotal: invoice?.subtotal ?? 0,
    amount_total: invoice?.total ?? 0,
    currency,
    total_details: {
      amount_discount: sumOf(invoice?.total_discount_amounts),
      amount_shipping: 0,
      amount_tax: sumOf(invoice?.total_taxes),
    },
  };
}

/** A line item with what the first invoice charges for it: nothing in a trial. */
function billedItem(item: LineItem, invoice: Invoice | undefined): LineItem {
  const line = invoice?.lines.data.find(({ pricing }) => pricing?.price_details?.price === item.price?.id);
  const amount = line?.amount ?? 0;
  const discount = (line?.discount_amounts ?? []).reduce((sum, each) => sum + each.amount, 0);
  return { ...item, amount_discount: discount, amount_subtotal: amount, amount_total: amount - discount };
}
