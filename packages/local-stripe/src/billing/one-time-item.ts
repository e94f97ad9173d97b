import { newId } from '../model/ids.js';
import type { InvoiceItem, Price } from '../model/wire.js';
import type { Billing } from './billing.js';
import { amountOf } from './engine/amounts.js';
import { pricingOf } from './invoice-lines.js';

/** An invoice item for a one-time price, which waits for the customer's next invoice. */
export async function addOneTimeItem(
  { tx, now }: Billing,
  customer: { id: string; test_clock?: unknown },
  price: Price,
  quantity: number,
): Promise<InvoiceItem> {
  const amount = amountOf(price, quantity);
  const item: InvoiceItem = {
    id: newId('invoiceItem'),
    object: 'invoiceitem',
    amount,
    currency: price.currency,
    customer: customer.id,
    customer_account: null,
    date: now,
    description: (await tx.objects.find('product', price.product))?.name ?? null,
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    net_amount: amount,
    parent: null,
    period: { start: now, end: now },
    pricing: pricingOf(price),
    proration: false,
    quantity,
    quantity_decimal: String(quantity),
    tax_rates: [],
    test_clock: (customer.test_clock ?? null) as string | null,
  };
  await tx.objects.insert(item);
  await tx.events.record('invoiceitem.created', item);
  return item;
}
