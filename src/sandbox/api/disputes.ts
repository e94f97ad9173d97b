import type { ApiRouter } from '../manners/api-router.js';
import { endpoint } from '../manners/endpoint.js';
import { created, page, pageParams } from '../manners/lists.js';
import { optional, shape, text } from '../manners/params/index.js';
import { retrieving } from './reading.js';

const listAll = endpoint(
  shape({ ...pageParams, charge: optional(text), created, payment_intent: optional(text) }),
  ({ tx, params: { charge, payment_intent, ...rest }, path }) =>
    page(tx, 'dispute', path, { ...rest, where: { charge, payment_intent } }),
);

export function disputeRoutes(api: ApiRouter): void {
  api.get('/disputes', listAll);
  api.get('/disputes/:id', retrieving('dispute'));
}
