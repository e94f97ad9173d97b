import type { ApiRouter } from '../manners/api-router.js';
import { endpoint } from '../manners/endpoint.js';
import { created, page, pageParams } from '../manners/lists.js';
import { list, optional, shape, text } from '../manners/params/index.js';
import { retrieving } from './reading.js';

const listAll = endpoint(
  shape({ ...pageParams, created, type: optional(text), types: optional(list(text)) }),
  ({ tx, params: { type, types, ...rest }, path }) =>
    page(tx, 'event', path, { ...rest, where: { type: type ?? types } }),
);

export function eventRoutes(api: ApiRouter): void {
  api.get('/events', listAll);
  api.get('/events/:id', retrieving('event'));
}
