import { newId } from '../model/ids.js';
import type { InvoiceItem, Subscription, SubscriptionItem } from '../model/wire.js';
import type { Billing } from './billing.js';
import { debitsAfter } from './engine/change.js';
import type { ProrationLine } from './engine/proration.js';
import type { Loaded } from './subscription-store.js';

/**
 * Makes the invoice items of prorations, which wait for the next invoice, and notes what they debited. `items`: those that
 * the lines are about, before and after the change. Nothing is saved on the subscription.
 */
export async function addProrations(
  billing: Billing,
  { subscription, notes }: Loaded,
  lines: readonly ProrationLine[],
  items: readonly SubscriptionItem[],
): Promise<Loaded> {
  const made = new Map<ProrationLine, string>();
  for (const line of lines) {
    const item = items.find(({ id, price }) => id === line.item && price.id === line.price);
    if (!item) throw new Error(`A proration is about ${line.item}, which is not there`);
    const invoiceItem = await prorationItem(billing, subscription, line, item);
    await billing.tx.objects.insert(invoiceItem);
    await billing.tx.events.record('invoiceitem.created', invoiceItem);
    made.set(line, invoiceItem.id);
  }
  const debits = debitsAfter(notes.debits, lines, billing.now, (line) => made.get(line) ?? '');
  return { subscription, notes: { ...notes, debits } };
}

async function prorationItem(
  { tx, now }: Billing,
  subscription: Subscription,
  line: ProrationLine,
  { id, price, tax_rates: rates }: SubscriptionItem,
): Promise<InvoiceItem> {
  const product = await tx.objects.find('product', price.product);
  const what = `${line.quantity > 1 ? `${line.quantity} × ` : ''}${product?.name ?? 'Product'}`;
  const taxRates = rates && rates.length > 0 ? rates : (subscription.default_tax_rates ?? []);
  return {
    id: newId('invoiceItem'),
    object: 'invoiceitem',
    amount: line.amount,
    currency: subscription.currency,
    customer: subscription.customer,
    customer_account: null,
    date: now,
    description: `${line.amount < 0 ? 'Unused' : 'Remaining'} time on ${what} after ${shownDay(line.period.start)}`,
    // The discounts are inside of the amount (SUBSCRIPTIONS.md 3, "Proration").
    discountable: false,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    net_amount: line.amount,
    parent: {
      subscription_details: { subscription: subscription.id, subscription_item: id },
      type: 'subscription_details',
    },
    period: line.period,
    pricing: {
      price_details: { price: price.id, product: price.product },
      type: 'price_details',
      unit_amount_decimal: String(Number((line.amount / Math.max(1, line.quantity)).toFixed(12))),
    },
    proration: true,
    proration_details: { credited_items: await creditedItems(tx, line), discount_amounts: [] },
    quantity: line.quantity,
    quantity_decimal: String(line.quantity),
    tax_rates: taxRates,
    test_clock: subscription.test_clock,
  };
}

type CreditedItems = NonNullable<InvoiceItem['proration_details']>['credited_items'];

/** The line that a credit gives back; that of a proration is found by its invoice item. */
async function creditedItems(tx: Billing['tx'], { credited }: ProrationLine): Promise<CreditedItems> {
  if (!credited) return null;
  const { invoiceItem } = credited;
  if (credited.invoice !== undefined && credited.line !== undefined) return ofLine(credited.invoice, credited.line);
  if (invoiceItem === undefined) return null;
  const item = await tx.objects.find('invoiceitem', invoiceItem);
  const invoice = typeof item?.invoice === 'string' ? await tx.objects.find('invoice', item.invoice) : undefined;
  const line = invoice?.lines.data.find((each) => each.parent?.subscription_item_details?.invoice_item === invoiceItem);
  return invoice && line ? ofLine(invoice.id, line.id) : { invoice_item: invoiceItem, type: 'invoice_item' };
}

const ofLine = (invoice: string, line: string): CreditedItems => ({
  invoice_line_item_details: { invoice, invoice_line_items: [line] },
  type: 'invoice_line_items',
});

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `16 Jun 2027` */
function shownDay(seconds: number): string {
  const day = new Date(seconds * 1000);
  return `${String(day.getUTCDate()).padStart(2, '0')} ${MONTHS[day.getUTCMonth()]} ${day.getUTCFullYear()}`;
}
