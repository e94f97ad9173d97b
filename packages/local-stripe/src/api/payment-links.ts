import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { page, pageParams, type Page } from '../conventions/lists.js';
import { boolean, changeMetadata, metadata, optional, shape } from '../conventions/params/index.js';
import { invalidRequest, missingParameter } from '../conventions/errors.js';
import type { LineItem, PaymentLink } from '../model/wire.js';
import { lineItems, modeOf, sumOf, totalOf } from './line-items.js';
import { newPaymentLink, paymentLinkParams } from './new-payment-link.js';
import { retrieving, findOr404 } from './reading.js';
import { intentDataOf } from './session-params.js';

const create = endpoint(paymentLinkParams, async ({ tx, params, origin }) => {
  if (params.line_items.length === 0) throw missingParameter('line_items');
  const items = await lineItems(tx, params.line_items, 'subscription');
  const recurs = modeOf(items) === 'subscription';
  if (recurs && params.payment_intent_data) {
    const message = 'You cannot pass `payment_intent_data` with a recurring price.';
    throw invalidRequest(message, 'payment_intent_data');
  }
  const { currency } = recurs ? sumOf(items) : totalOf(items);
  const link = newPaymentLink(params, { currency, recurs }, origin);
  await tx.objects.insert(link);
  await tx.objects.note('payment_link', link.id, {
    lineItems: items,
    paymentIntent: intentDataOf(params),
    ...(params.subscription_data && { subscription: params.subscription_data }),
  });
  await tx.events.record('payment_link.created', link);
  return link;
});

const update = endpoint(
  shape({ active: optional(boolean), metadata: optional(metadata) }),
  async ({ tx, params, id }): Promise<PaymentLink> => {
    const before = await findOr404(tx, 'payment_link', id);
    const { active = before.active } = params;
    const after = { ...before, active, metadata: changeMetadata(before.metadata, params.metadata) };
    await tx.objects.save(after);
    await tx.events.record('payment_link.updated', after, before);
    return after;
  },
);

const listAll = endpoint(shape({ ...pageParams, active: optional(boolean) }), ({ tx, params, path }) => {
  const { active, ...rest } = params;
  return page(tx, 'payment_link', path, { ...rest, where: { active } });
});

const listItems = endpoint(shape(pageParams), async ({ tx, id, path }): Promise<Page<LineItem>> => {
  await findOr404(tx, 'payment_link', id);
  const { lineItems: data } = await tx.objects.notes('payment_link', id);
  return { object: 'list', data, has_more: false, url: path };
});

export function paymentLinkRoutes(api: ApiRouter): void {
  api.post('/payment_links', create);
  api.get('/payment_links', listAll);
  api.get('/payment_links/:id', retrieving('payment_link'));
  api.post('/payment_links/:id', update);
  api.get('/payment_links/:id/line_items', listItems);
}
