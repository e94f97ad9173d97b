import { newId } from '../model/ids.js';
import type { Tx } from '../state/store.js';
import { changeMetadata } from '../conventions/params/index.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { amountOf } from '../billing/engine/amounts.js';
import { pricingOf } from '../billing/invoice-lines.js';
import type { Customer, InvoiceItem, Price } from '../model/wire.js';
import { discountsFor } from './discounts-for.js';
import type { InvoiceItemParams } from './invoice-params.js';
import { newPrice } from './new-price.js';
import { newProduct } from './product-params.js';
import { taxRatesFor } from './subscription-items-for.js';

/** The price of an item; one that only has an amount gets a price and a product of its own (recorded: sub-017). */
export async function priceOf(tx: Tx, params: InvoiceItemParams, currency: string): Promise<Price> {
  const id = params.pricing?.price ?? params.price;
  if (id !== undefined) {
    const price = await tx.objects.find('price', id);
    if (!price) throw noSuch('price', id, params.price === undefined ? 'pricing[price]' : 'price');
    if (price.recurring !== null) {
      const message =
        'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.';
      throw invalidRequest(message, params.price === undefined ? 'pricing[price]' : 'price');
    }
    return price;
  }
  const { price_data: data } = params;
  if (data) {
    if (!(await tx.objects.find('product', data.product))) throw noSuch('product', data.product, 'price_data[product]');
    return stored(tx, newPrice({ ...data, active: false }));
  }
  const decimal = params.unit_amount_decimal === undefined ? undefined : Math.round(Number(params.unit_amount_decimal));
  const amount = params.amount ?? params.unit_amount ?? decimal;
  if (amount === undefined) {
    throw invalidRequest('You must specify `amount`, `pricing[price]` or `price_data`.', 'amount', 'parameter_missing');
  }
  const product = { ...newProduct(newId('product'), params.description ?? 'Invoice item'), active: false };
  await tx.objects.insert(product);
  return stored(tx, newPrice({ currency, unit_amount: amount, product: product.id, active: false }));
}

async function stored(tx: Tx, price: Price): Promise<Price> {
  await tx.objects.insert(price);
  return price;
}

/** An invoice item that waits, of a price. */
export async function itemOf(
  tx: Tx,
  params: InvoiceItemParams,
  customer: Customer,
  price: Price,
  now: number,
): Promise<InvoiceItem> {
  const quantity = params.quantity ?? 1;
  const id = newId('invoiceItem');
  const redemption = { customer: customer.id, param: 'discounts', now, invoiceItem: id };
  return {
    id,
    object: 'invoiceitem',
    amount: params.amount ?? amountOf(price, quantity),
    currency: price.currency,
    customer: customer.id,
    customer_account: null,
    date: now,
    description: params.description ?? (await nameOf(tx, params, price)),
    discountable: params.discountable ?? true,
    discounts: await discountsFor(tx, params.discounts, redemption),
    invoice: null,
    livemode: false,
    metadata: changeMetadata({}, params.metadata),
    parent: null,
    period: params.period ?? { start: now, end: now },
    pricing: pricingOf(price),
    proration: false,
    quantity,
    quantity_decimal: String(quantity),
    tax_rates: await taxRatesFor(tx, params.tax_rates, 'tax_rates'),
    test_clock: customer.test_clock ?? null,
  };
}

/** The product's name; none where only an amount is given, though it gets a product of its own (recorded: sub-043). */
async function nameOf(
  tx: Tx,
  { pricing, price: id, price_data: data }: InvoiceItemParams,
  price: Price,
): Promise<string | null> {
  if (pricing?.price === undefined && id === undefined && data === undefined) return null;
  return (await tx.objects.find('product', price.product))?.name ?? null;
}
