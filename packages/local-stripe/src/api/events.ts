import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { boolean, list, optional, shape, text } from '../conventions/params/index.js';
import { invalidRequest } from '../conventions/errors.js';
import { findOr404, retrieving } from './reading.js';

/** Stripe keeps events for 30 days; here they are never deleted. `type` may have a wildcard: `charge.*`. */
const filters = shape({
  ...pageParams,
  created,
  delivery_success: optional(boolean),
  type: optional(text),
  types: optional(list(text)),
});

const listAll = endpoint(filters, ({ tx, params: { delivery_success: delivered, type, types, ...rest }, path }) => {
  if (type !== undefined && types !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: type, types.', 'type');
  }
  const wanted = type?.includes('*') ? { glob: type.replaceAll(/[[?]/g, '[$&]') } : type;
  const undelivered = delivered === undefined ? undefined : { glob: delivered ? '0' : '[1-9]*' };
  return page(tx, 'event', path, { ...rest, where: { type: wanted ?? types, pending_webhooks: undelivered } });
});

const again = shape({ account: optional(text), webhook_endpoint: optional(text) });

/** The undocumented call of `stripe events resend`. */
const retry = endpoint(again, async ({ tx, params: { account, webhook_endpoint }, id }) => {
  const event = await findOr404(tx, 'event', id);
  if (webhook_endpoint !== undefined) await findOr404(tx, 'webhook_endpoint', webhook_endpoint);
  await tx.events.resend(event, {
    ...(account !== undefined && { account }),
    ...(webhook_endpoint !== undefined && { endpoint: webhook_endpoint }),
  });
  return findOr404(tx, 'event', id);
});

export function eventRoutes(api: ApiRouter): void {
  api.get('/events', listAll);
  api.get('/events/:id', retrieving('event'));
  api.post('/events/:id/retry', retry);
}
