import { expireSession } from '../payments/session-endings.js';
import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams, type Page } from '../conventions/lists.js';
import { oneOf, optional, shape, text } from '../conventions/params/index.js';
import { invalidRequest, missingParameter } from '../conventions/errors.js';
import { originAt } from '../http/origin.js';
import type { LineItem } from '../model/wire.js';
import { mustBeCustomer } from './intent-methods.js';
import { openSession } from './open-session.js';
import { retrieving, findOr404 } from './reading.js';
import { type SessionParams, sessionParams } from './session-params.js';

const create = (pageHost: string | undefined) =>
  endpoint(sessionParams, async ({ tx, params, origin }) => {
    mustLeadBack(params);
    await mustBeCustomer(tx, params.customer);
    if (params.customer !== undefined && params.customer_email !== undefined) {
      throw invalidRequest('You may only specify one of these parameters: customer, customer_email.', 'customer_email');
    }
    return openSession(tx, params, originAt(origin, pageHost));
  });

/** A hosted page leads back to `success_url`, an embedded one to `return_url`. */
function mustLeadBack({
  redirect_on_completion,
  return_url,
  success_url,
  ui_mode = 'hosted_page',
}: SessionParams): void {
  const isHosted = ui_mode === 'hosted_page';
  if (isHosted && success_url === undefined) throw missingParameter('success_url');
  if (!isHosted && return_url === undefined && redirect_on_completion !== 'never') throw missingParameter('return_url');
}

const filters = shape({
  ...pageParams,
  created,
  customer: optional(text),
  customer_details: optional(shape({ email: text })),
  payment_intent: optional(text),
  status: optional(oneOf('open', 'complete', 'expired')),
  subscription: optional(text),
});

const listAll = endpoint(filters, ({ tx, params, path }) => {
  const { customer, customer_details, payment_intent, status, subscription, ...rest } = params;
  const where = { customer, 'customer_details.email': customer_details?.email, payment_intent, status, subscription };
  return page(tx, 'checkout.session', path, { ...rest, where });
});

const expire = endpoint(shape({}), async ({ tx, id }) => {
  const session = await findOr404(tx, 'checkout.session', id);
  if (session.status !== 'open') {
    const message = `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`;
    throw invalidRequest(message);
  }
  return expireSession(tx, session);
});

/** All items in one page: a session has few. */
const listItems = endpoint(shape(pageParams), async ({ tx, id, path }): Promise<Page<LineItem>> => {
  await findOr404(tx, 'checkout.session', id);
  const { lineItems: data } = await tx.objects.notes('checkout.session', id);
  return { object: 'list', data, has_more: false, url: path };
});

/** `pageHost`: the host name of the pages that sessions are paid on; undefined: the caller's. */
export function checkoutSessionRoutes(api: ApiRouter, pageHost: string | undefined): void {
  api.post('/checkout/sessions', create(pageHost));
  api.get('/checkout/sessions', listAll);
  api.get('/checkout/sessions/:id', retrieving('checkout.session'));
  api.post('/checkout/sessions/:id/expire', expire);
  api.get('/checkout/sessions/:id/line_items', listItems);
}
