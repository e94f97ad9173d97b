import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { page, pageParams } from '../conventions/lists.js';
import {
  boolean,
  changeMetadata,
  emptyable,
  list,
  metadata,
  optional,
  shape,
  text,
  webAddress,
  type Reader,
} from '../conventions/params/index.js';
import { invalidRequest } from '../conventions/errors.js';
import type { WebhookEndpoint } from '../model/wire.js';
import { EVENT_NAMES } from './event-names.js';
import { deleting, retrieving, findOr404 } from './reading.js';

/** `2022-11-15`, or `2026-10-28.endive` since versions have names. */
const VERSION = /^20\d\d-\d\d-\d\d(\.[a-z]+)?$/;

const apiVersion: Reader<string> = (raw, param) => {
  const version = text(raw, param);
  if (!VERSION.test(version)) throw invalidRequest(`Invalid ${param}: ${version} is no version of the API`, param);
  return version;
};

const eventName: Reader<string> = (raw, param) => {
  const name = text(raw, param);
  if (name !== '*' && !EVENT_NAMES.has(name))
    throw invalidRequest(`Invalid ${param}: ${name} is no type of event`, param);
  return name;
};

const changeable = { description: optional(emptyable(text)), metadata: optional(metadata) };

const newOne = shape({
  ...changeable,
  api_version: optional(apiVersion),
  connect: optional(boolean),
  enabled_events: list(eventName),
  url: webAddress,
});

/** Only the answer to its creation contains the signing secret. */
const create = endpoint(newOne, async ({ tx, params }) => {
  const secret = newId('webhookSecret');
  const made: WebhookEndpoint = {
    id: newId('webhookEndpoint'),
    object: 'webhook_endpoint',
    api_version: params.api_version ?? null,
    application: null,
    created: unixNow(),
    description: params.description ?? null,
    enabled_events: params.enabled_events,
    livemode: false,
    metadata: changeMetadata({}, params.metadata),
    status: 'enabled',
    url: params.url,
  };
  await tx.objects.insert(made);
  await tx.objects.note('webhook_endpoint', made.id, { secret, ...(params.connect && { connect: true }) });
  tx.endpoints.changed();
  return { ...made, secret };
});

const changes = shape({
  ...changeable,
  disabled: optional(boolean),
  enabled_events: optional(list(eventName)),
  url: optional(webAddress),
});

const update = endpoint(changes, async ({ tx, params, id }) => {
  const before = await findOr404(tx, 'webhook_endpoint', id);
  const { description = before.description, disabled, url = before.url } = params;
  const { enabled_events = before.enabled_events } = params;
  const after: WebhookEndpoint = {
    ...before,
    description,
    enabled_events,
    metadata: changeMetadata(before.metadata, params.metadata),
    status: disabled === undefined ? before.status : disabled ? 'disabled' : 'enabled',
    url,
  };
  await tx.objects.save(after);
  tx.endpoints.changed();
  return after;
});

const listAll = endpoint(shape(pageParams), ({ tx, params, path }) => page(tx, 'webhook_endpoint', path, params));

export function webhookEndpointRoutes(api: ApiRouter): void {
  api.post('/webhook_endpoints', create);
  api.get('/webhook_endpoints', listAll);
  api.get('/webhook_endpoints/:id', retrieving('webhook_endpoint'));
  api.post('/webhook_endpoints/:id', update);
  api.delete(
    '/webhook_endpoints/:id',
    deleting('webhook_endpoint', async ({ deliveries, endpoints }, { id }) => {
      endpoints.changed();
      await deliveries.giveUpOn(id);
    }),
  );
}
