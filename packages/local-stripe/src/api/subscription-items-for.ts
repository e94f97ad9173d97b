import type { Tx } from '../state/store.js';
import { changeMetadata } from '../conventions/params/index.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import type { NewItem } from '../billing/new-subscription.js';
import type { Price, TaxRate } from '../model/wire.js';
import { newPrice } from './new-price.js';
import type { ItemParams } from './subscription-params.js';
import { discountsFor } from './discounts-for.js';

const MOST_ITEMS = 20;

/** The items of a new subscription. Throws ApiError 400 with the parameter's name. */
export async function newItems(
  tx: Tx,
  asked: ItemParams[] | undefined,
  customer: string,
  now: number,
): Promise<NewItem[]> {
  if (asked === undefined || asked.length === 0) throw missingParameter('items');
  if (asked.length > MOST_ITEMS) {
    throw invalidRequest(`A subscription can have at most ${MOST_ITEMS} items.`, 'items');
  }
  const items: NewItem[] = [];
  for (const [index, each] of asked.entries()) items.push(await newItemFor(tx, each, `items[${index}]`, customer, now));
  mustShareCurrency(items);
  mustDiffer(items);
  return items;
}

export async function newItemFor(
  tx: Tx,
  asked: ItemParams,
  param: string,
  customer: string,
  now: number,
): Promise<NewItem> {
  return {
    price: await priceFor(tx, asked, param),
    quantity: asked.quantity ?? 1,
    metadata: changeMetadata({}, asked.metadata),
    discounts: await discountsFor(tx, asked.discounts, { customer, param: `${param}[discounts]`, now }),
    taxRates: await taxRatesFor(tx, asked.tax_rates, `${param}[tax_rates]`),
  };
}

/** The recurring price of an item: named, or made of `price_data`. */
export async function priceFor(tx: Tx, asked: ItemParams, param: string): Promise<Price> {
  const field = asked.plan === undefined ? 'price' : 'plan';
  const id = asked.price ?? asked.plan;
  if (id === undefined && asked.price_data) {
    if (!(await tx.objects.find('product', asked.price_data.product))) {
      throw noSuch('product', asked.price_data.product, `${param}[price_data][product]`);
    }
    const made = newPrice({ ...asked.price_data, active: false });
    await tx.objects.insert(mustRecur(made, `${param}[price_data]`));
    await tx.events.record('price.created', made);
    return made;
  }
  if (id === undefined) throw missingParameter(`${param}[price]`);
  const price = await tx.objects.find('price', id);
  if (!price) throw noSuch(field, id, field === 'plan' ? 'plan' : `${param}[price]`);
  if (!price.active) {
    throw invalidRequest(
      'The price specified is inactive. This field only accepts active prices.',
      `${param}[${field}]`,
    );
  }
  return mustRecur(price, `${param}[${field}]`);
}

function mustRecur(price: Price, param: string): Price {
  if (price.recurring !== null) return price;
  const message = `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`;
  throw invalidRequest(message, param);
}

export function mustDiffer(items: ReadonlyArray<Pick<NewItem, 'price'>>): void {
  const ids = items.map(({ price }) => price.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) {
    throw invalidRequest(`Cannot add multiple subscription items with the same plan: ${twice}`, 'items');
  }
}

function mustShareCurrency(items: NewItem[]): void {
  const [first, ...others] = items;
  const other = others.find(({ price }) => price.currency !== first?.price.currency);
  if (!other) return;
  const message = 'All prices of a subscription must have the same currency.';
  throw invalidRequest(message, 'items');
}

export async function taxRatesFor(tx: Tx, ids: string[] | null | undefined, param: string): Promise<TaxRate[]> {
  const rates: TaxRate[] = [];
  for (const [index, id] of (ids ?? []).entries()) {
    const rate = await tx.objects.find('tax_rate', id);
    if (!rate) throw noSuch('tax rate', id, `${param}[${index}]`);
    rates.push(rate);
  }
  return rates;
}
