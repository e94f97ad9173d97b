import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { created, page, pageParams } from '../conventions/lists.js';
import {
  boolean,
  changeMetadata,
  currency,
  emptyable,
  integer,
  list,
  metadata,
  oneOf,
  optional,
  shape,
  text,
  type Reader,
} from '../conventions/params/index.js';
import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { Price } from '../model/wire.js';
import { planOf } from '../billing/plan-of.js';
import type { Tx } from '../state/store.js';
import { newPrice } from './new-price.js';
import { newProduct } from './product-params.js';

const newProductOf = shape({
  active: optional(boolean),
  id: optional(text),
  metadata: optional(metadata),
  name: text,
  statement_descriptor: optional(text),
  tax_code: optional(text),
  unit_label: optional(text),
});

/** A product's id, or a new product. */
const product: Reader<string | ReturnType<typeof newProductOf> | undefined> = (raw, param) =>
  raw === undefined ? undefined : typeof raw === 'string' ? text(raw, param) : newProductOf(raw, param);

const newOne = shape({
  active: optional(boolean),
  amount: optional(integer({ min: 0 })),
  amount_decimal: optional(text),
  billing_scheme: optional(oneOf('per_unit')),
  currency,
  id: optional(text),
  interval: oneOf('day', 'week', 'month', 'year'),
  interval_count: optional(integer({ min: 1 })),
  metadata: optional(metadata),
  /** Of versions before products. */
  name: optional(text),
  nickname: optional(emptyable(text)),
  product,
  statement_descriptor: optional(emptyable(text)),
  trial_period_days: optional(integer({ min: 0 })),
  usage_type: optional(oneOf('licensed')),
});

/** A plan is a recurring price in older words; one price has both. */
const create = endpoint(newOne, async ({ tx, params }) => {
  const { id, name, interval, interval_count, trial_period_days, usage_type: _, ...said } = params;
  if (id !== undefined && (await tx.objects.isTaken(id))) {
    throw invalidRequest('Plan already exists.', 'id', 'resource_already_exists');
  }
  const price: Price = {
    ...newPrice({
      ...said,
      unit_amount: said.amount ?? Number(said.amount_decimal ?? 0),
      product: await productOf(tx, said.product, name),
      metadata: changeMetadata({}, said.metadata),
      recurring: { interval, interval_count, trial_period_days },
    }),
    ...(id !== undefined && { id }),
  };
  await tx.objects.insert(price);
  await tx.objects.note('price', price.id, { currencyOptions: {} });
  await tx.events.record('plan.created', planOf(price));
  await tx.events.record('price.created', price);
  return planOf(price);
});

async function productOf(tx: Tx, given: ReturnType<typeof product>, name: string | undefined): Promise<string> {
  if (typeof given === 'string') {
    if (!(await tx.objects.find('product', given))) throw noSuch('product', given, 'product');
    return given;
  }
  const made = {
    ...newProduct(given?.id ?? newId('product'), given?.name ?? name ?? 'Plan'),
    active: given?.active ?? true,
    metadata: changeMetadata({}, given?.metadata),
    statement_descriptor: given?.statement_descriptor ?? null,
    tax_code: given?.tax_code ?? null,
    unit_label: given?.unit_label ?? null,
    updated: unixNow(),
  };
  await tx.objects.insert(made);
  await tx.events.record('product.created', made);
  return made.id;
}

async function planNamed({ objects }: Tx, id: string): Promise<Price> {
  const price = await objects.find('price', id);
  if (!price?.recurring) throw noSuch('plan', id, 'plan', 404);
  return price;
}

const retrieve = endpoint(shape({}), async ({ tx, id }) => planOf(await planNamed(tx, id)));

const changes = shape({
  active: optional(boolean),
  metadata: optional(metadata),
  name: optional(text),
  nickname: optional(emptyable(text)),
  product: optional(text),
  trial_period_days: optional(emptyable(integer({ min: 0 }))),
});

const update = endpoint(changes, async ({ tx, params, id }) => {
  const before = await planNamed(tx, id);
  const { active = before.active, nickname = before.nickname } = params;
  const after: Price = { ...before, active, nickname, metadata: changeMetadata(before.metadata, params.metadata) };
  await tx.objects.save(after);
  await tx.events.record('plan.updated', planOf(after), planOf(before));
  await tx.events.record('price.updated', after, before);
  return planOf(after);
});

const remove = endpoint(shape({}), async ({ tx, id }) => {
  const price = await planNamed(tx, id);
  await tx.objects.remove(id);
  await tx.events.record('plan.deleted', planOf(price));
  await tx.events.record('price.deleted', price);
  return { id, object: 'plan', deleted: true };
});

const filters = shape({
  ...pageParams,
  active: optional(boolean),
  created,
  include: optional(list(text)),
  product: optional(text),
});

const listAll = endpoint(filters, async ({ tx, params: { active, product: of, ...rest }, path }) => {
  const found = await page(tx, 'price', path, { ...rest, where: { active, product: of, type: 'recurring' } });
  return { ...found, data: found.data.map((price) => planOf(price)) };
});

export function planRoutes(api: ApiRouter): void {
  api.post('/plans', create);
  api.get('/plans', listAll);
  api.get('/plans/:id', retrieve);
  api.post('/plans/:id', update);
  api.delete('/plans/:id', remove);
}
