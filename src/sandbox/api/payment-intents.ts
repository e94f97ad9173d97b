import type { ApiRouter } from '../manners/api-router.js';
import { endpoint } from '../manners/endpoint.js';
import { created, page, pageParams } from '../manners/lists.js';
import { changeMetadata, emptyable, metadata, optional, shape, text } from '../manners/params/index.js';
import { retrieving, theOne } from './reading.js';

const update = endpoint(
  shape({ description: optional(emptyable(text)), metadata: optional(metadata) }),
  async ({ tx, params, id }) => {
    const before = await theOne(tx, 'payment_intent', id);
    const { description = before.description } = params;
    const after = { ...before, description, metadata: changeMetadata(before.metadata, params.metadata) };
    await tx.objects.save(after);
    return after;
  },
);

const listAll = endpoint(shape({ ...pageParams, created }), ({ tx, params, path }) =>
  page(tx, 'payment_intent', path, params),
);

export function paymentIntentRoutes(api: ApiRouter): void {
  api.get('/payment_intents', listAll);
  api.get('/payment_intents/:id', retrieving('payment_intent'));
  api.post('/payment_intents/:id', update);
}
