import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { page, pageParams, type Page } from '../conventions/lists.js';
import { boolean, changeMetadata, metadata, optional, shape } from '../conventions/params/index.js';
import { type ApiError, invalidRequest, missingParameter } from '../conventions/errors.js';
import type { LineItem, PaymentLink } from '../model/wire.js';
import { lineItems, sumOf, totalOf } from './line-items.js';
import { newPaymentLink, paymentLinkParams, type LinkParams } from './new-payment-link.js';
import { retrieving, findOr404 } from './reading.js';
import { intentDataOf } from './session-params.js';

const create = endpoint(paymentLinkParams, async ({ tx, params, origin }) => {
  if (params.line_items.length === 0) throw missingParameter('line_items');
  const items = await lineItems(tx, params.line_items, 'subscription');
  const recurs = items.some(({ price }) => price?.recurring);
  refuseOtherMode(params, recurs);
  const link = newPaymentLink(params, (recurs ? sumOf(items) : totalOf(items)).currency, origin);
  await tx.objects.insert(link);
  await tx.objects.note('payment_link', link.id, {
    lineItems: items,
    paymentIntent: intentDataOf(params),
    ...(params.subscription_data && { subscription: params.subscription_data }),
  });
  await tx.events.record('payment_link.created', link);
  return link;
});

const onlyFor = (name: string, prices: string): ApiError =>
  invalidRequest(`You can only use \`${name}\` with ${prices} prices.`, name);

/** A link with a recurring price makes subscriptions, any other payments. */
function refuseOtherMode({ payment_intent_data: payment, subscription_data: data }: LinkParams, recurs: boolean): void {
  if (payment && recurs) throw onlyFor('payment_intent_data', 'one-time');
  if (data && !recurs) throw onlyFor('subscription_data', 'recurring');
}

const update = endpoint(
  shape({ active: optional(boolean), allow_promotion_codes: optional(boolean), metadata: optional(metadata) }),
  async ({ tx, params, id }): Promise<PaymentLink> => {
    const before = await findOr404(tx, 'payment_link', id);
    const { active = before.active, allow_promotion_codes = before.allow_promotion_codes } = params;
    const after = {
      ...before,
      active,
      allow_promotion_codes,
      metadata: changeMetadata(before.metadata, params.metadata),
    };
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
