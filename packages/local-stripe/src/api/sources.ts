import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { missingParameter, noSuch } from '../conventions/errors.js';
import { type Page, page, pageParams } from '../conventions/lists.js';
import {
  changeMetadata,
  emptyable,
  integer,
  list,
  metadata,
  optional,
  shape,
  text,
  type ValueOf,
} from '../conventions/params/index.js';
import type { Card, Customer, PaymentMethod } from '../model/wire.js';
import { asCard, isSource } from '../payments/cards.js';
import { refusalToAttach } from '../payments/payment-methods.js';
import type { Tx } from '../state/store.js';
import { cardError } from './new-payment-method.js';
import type { rawCard } from './raw-card.js';
import { findOr404 } from './reading.js';
import { cardFrom, sourceParam } from './tokens.js';

/** A customer's cards of the older kind, which are payment methods with another name. */
const CARDS = { glob: 'card_*' };

/** Adds a card to a customer; the first one is the default, and with `default` each. Answers the customer as it is then. */
export async function addSource(
  tx: Tx,
  customer: Customer,
  source: string | ValueOf<typeof rawCard>,
  param: string,
  becomes: 'another' | 'default' = 'another',
): Promise<Customer> {
  const made = await cardFrom(tx, source, param);
  const refusal = await refusalToAttach(tx, made);
  if (refusal) throw cardError(refusal);
  const card: PaymentMethod = { ...made, customer: customer.id };
  await tx.objects.save(card);
  await tx.events.record('customer.source.created', asCard(card));
  if (becomes === 'another' && customer.default_source !== null) return customer;
  const after = { ...customer, default_source: card.id };
  await tx.objects.save(after);
  return after;
}

/** A customer's card. Throws ApiError 404. */
export async function sourceOf({ objects }: Tx, customer: string, id: string, param = 'id'): Promise<PaymentMethod> {
  const card = isSource({ id }) ? await objects.find('payment_method', id) : undefined;
  if (card?.customer !== customer) throw noSuch('source', id, param, 404);
  return card;
}

const create = endpoint(
  shape({ card: optional(sourceParam), metadata: optional(metadata), source: optional(sourceParam) }),
  async ({ tx, params: { card, source = card }, id }) => {
    if (source === undefined) throw missingParameter('source');
    const before = await findOr404(tx, 'customer', id);
    const after = await addSource(tx, before, source, 'source');
    await tx.events.record('customer.updated', after, before);
    const [newest] = await tx.objects.list('payment_method', { limit: 1, where: { customer: id, id: CARDS } });
    return newest ? asCard(newest) : {};
  },
);

const filters = shape({ ...pageParams, include: optional(list(text)), object: optional(text) });

const listAll = endpoint(filters, async ({ tx, params: { object, ...rest }, id, path }): Promise<Page<Card>> => {
  await findOr404(tx, 'customer', id);
  const nothing = object !== undefined && object !== 'card';
  const found = await page(tx, 'payment_method', path, {
    ...rest,
    where: { customer: nothing ? '' : id, id: CARDS },
  });
  return { ...found, data: found.data.map((method) => asCard(method)) };
});

const retrieve = endpoint(shape({}), async ({ tx, id, nested }) => {
  await findOr404(tx, 'customer', id);
  return asCard(await sourceOf(tx, id, nested));
});

const changes = shape({
  exp_month: optional(integer({ min: 1, max: 12 })),
  exp_year: optional(integer()),
  metadata: optional(metadata),
  name: optional(emptyable(text)),
});

const update = endpoint(changes, async ({ tx, params, id, nested }) => {
  const before = await sourceOf(tx, id, nested);
  const { exp_month = before.card?.exp_month, exp_year = before.card?.exp_year, name } = params;
  const after = {
    ...before,
    billing_details: { ...before.billing_details, ...(name !== undefined && { name }) },
    card: { ...before.card, exp_month, exp_year },
    metadata: changeMetadata(before.metadata ?? {}, params.metadata),
  } as PaymentMethod;
  await tx.objects.save(after);
  await tx.events.record('customer.source.updated', asCard(after), asCard(before));
  return asCard(after);
});

/** The newest of the other cards becomes the default. */
const remove = endpoint(shape({}), async ({ tx, id, nested }) => {
  const before = await findOr404(tx, 'customer', id);
  const card = await sourceOf(tx, id, nested);
  await tx.objects.save({ ...card, customer: null });
  await tx.events.record('customer.source.deleted', asCard(card));
  if (before.default_source === nested) {
    const [next] = await tx.objects.list('payment_method', { limit: 1, where: { customer: id, id: CARDS } });
    const after = { ...before, default_source: next?.id ?? null };
    await tx.objects.save(after);
    await tx.events.record('customer.updated', after, before);
  }
  return { id: nested, object: 'card', deleted: true };
});

export function sourceRoutes(api: ApiRouter): void {
  api.post('/customers/:id/sources', create);
  api.get('/customers/:id/sources', listAll);
  api.get('/customers/:id/sources/:nested', retrieve);
  api.post('/customers/:id/sources/:nested', update);
  api.delete('/customers/:id/sources/:nested', remove);
}
