import { newId } from '../model/ids.js';
import type { Tx } from '../state/store.js';
import { integer, metadata, optional, shape, text, type ValueOf } from '../conventions/params/index.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import type { LineItem, Price, Session } from '../model/wire.js';
import { amountOf } from '../billing/engine/amounts.js';
import { newPrice, priceFields } from './new-price.js';
import { productData, productFor } from './price-product.js';
import { formatAmount } from '../model/money.js';

const priceData = shape({ ...priceFields, product: optional(text), product_data: optional(productData) });

export const lineItem = shape({
  metadata: optional(metadata),
  price: optional(text),
  price_data: optional(priceData),
  quantity: integer({ min: 1, max: 999_999 }),
});

type Asked = ValueOf<typeof lineItem>;

/** Line items with a copy of their prices: a later change of a price does not affect an open session. */
export async function lineItems(tx: Tx, asked: Asked[], mode: Session['mode'] = 'payment'): Promise<LineItem[]> {
  const items: LineItem[] = [];
  for (const [index, each] of asked.entries()) {
    const price = await priceOf(tx, each, `line_items[${index}]`, mode);
    const { name } = await tx.objects.get('product', price.product);
    const amount = amountOf(price, each.quantity);
    items.push({
      id: newId('lineItem'),
      object: 'item',
      adjustable_quantity: null,
      amount_discount: 0,
      amount_subtotal: amount,
      amount_tax: 0,
      amount_total: amount,
      currency: price.currency,
      description: name,
      metadata: each.metadata ?? {},
      price,
      quantity: each.quantity,
    });
  }
  return items;
}

async function priceOf(tx: Tx, asked: Asked, param: string, mode: Session['mode']): Promise<Price> {
  const { price: id, price_data: data } = asked;
  if (id !== undefined && data) {
    throw invalidRequest('You may only specify one of these parameters: price, price_data.', `${param}[price]`);
  }
  if (id !== undefined) return fitting(await activePrice(tx, id, `${param}[price]`), mode, `${param}[price]`);
  if (!data) throw missingParameter(`${param}[price]`);

  const product = await productFor(tx, data, `${param}[price_data]`);
  const price = fitting(newPrice({ ...data, product, active: false }), mode, `${param}[price_data]`);
  await tx.objects.insert(price);
  await tx.events.record('price.created', price);
  return price;
}

/** Recurring prices need a subscription. */
function fitting(price: Price, mode: Session['mode'], param: string): Price {
  if (price.recurring === null || mode === 'subscription') return price;
  const message =
    'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.';
  throw invalidRequest(message, param);
}

async function activePrice({ objects }: Tx, id: string, param: string): Promise<Price> {
  const price = await objects.find('price', id);
  if (!price) throw noSuch('price', id, param);
  if (!price.active) {
    throw invalidRequest('The price specified is inactive. This field only accepts active prices.', param);
  }
  const product = await objects.get('product', price.product);
  if (!product.active) {
    throw invalidRequest(`Price ${id} is not available to be purchased because its product is not active.`, param);
  }
  return price;
}

/** The most that Stripe takes in one payment: eight digits. */
const LARGEST_AMOUNT = 99_999_999;

/** The total of line items, in minor units. Throws ApiError 400 where their currencies differ or the total is out of bounds. */
export function totalOf(items: LineItem[]): { amount: number; currency: string } {
  const { amount, currency } = sumOf(items);
  const shown = formatAmount(amount, currency);
  if (amount < 1) {
    throw invalidRequest(`The total amount due (${shown}) is too small to be paid.`, 'line_items', 'amount_too_small');
  }
  if (amount > LARGEST_AMOUNT) {
    throw invalidRequest(`The total amount due (${shown}) is too large to be paid.`, 'line_items', 'amount_too_large');
  }
  return { amount, currency };
}

/** Throws ApiError 400 where the currencies differ. */
export function sumOf(items: LineItem[]): { amount: number; currency: string } {
  const currency = items[0]?.currency ?? 'usd';
  const other = items.find((item) => item.currency !== currency);
  if (other) {
    const message = `You cannot combine currencies on a single Checkout Session: ${currency} and ${other.currency}.`;
    throw invalidRequest(message, 'line_items');
  }
  return { amount: items.reduce((sum, item) => sum + item.amount_total, 0), currency };
}
