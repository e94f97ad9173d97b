import type { ApiRouter } from '../manners/api-router.js';
import { endpoint } from '../manners/endpoint.js';
import { created, page, pageParams } from '../manners/lists.js';
import { optional, shape, text } from '../manners/params/index.js';
import { retrieving } from './reading.js';

const listAll = endpoint(
  shape({ ...pageParams, created, customer: optional(text), payment_intent: optional(text) }),
  ({ tx, params: { customer, payment_intent, ...rest }, path }) =>
    page(tx, 'charge', path, { ...rest, where: { customer, payment_intent } }),
);

export function chargeRoutes(api: ApiRouter): void {
  api.get('/charges', listAll);
  api.get('/charges/:id', retrieving('charge'));
}
