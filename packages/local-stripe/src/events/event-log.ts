import { API_VERSION, type Event, type EventType, type StoredObject } from '../wire.js';
import { unixNow } from '../time/clock.js';
import type { FaultRules } from '../faults/fault-rules.js';
import { newId } from '../ids.js';
import type { Objects } from '../state/objects.js';
import type { Deliveries } from './deliveries.js';
import type { Endpoints } from './endpoints.js';

type Fields = Record<string, unknown>;

/**
 * What an update replaced, as in an event's `data.previous_attributes`: the old values of the changed fields alone, inside
 * nested objects too; null for what was not there.
 */
export function previousAttributes(before: object, after: object): Fields {
  const previous: Fields = {};
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = (before as Fields)[field];
    const is = (after as Fields)[field];
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    previous[field] = isPlainObject(was) && isPlainObject(is) ? previousAttributes(was, is) : (was ?? null);
  }
  return previous;
}

const isPlainObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The request that caused an event; both null where nobody asked. */
export interface EventCause {
  id: string | null;
  idempotency_key: string | null;
}

/** Records what happened, in the transaction in which it happened, and what is to be delivered of it. */
export class EventLog {
  constructor(
    private readonly objects: Objects,
    private readonly endpoints: Endpoints,
    private readonly deliveries: Deliveries,
    private readonly faultRules: FaultRules,
    private readonly cause: EventCause,
  ) {}

  /** `before`: the object as it was, for events that tell what changed; nothing changed, nothing to tell. */
  async record(type: EventType, object: StoredObject, before?: StoredObject): Promise<void> {
    const previous = before && previousAttributes(before, object);
    if (previous && Object.keys(previous).length === 0) return;
    const targets = (await this.endpoints.wanting(type)).map((endpointId) => ({
      endpointId,
      hit: this.faultRules.ofDelivery(type),
    }));
    const event: Event = {
      id: newId('event'),
      object: 'event',
      api_version: API_VERSION,
      created: unixNow(),
      data: { object, ...(previous && { previous_attributes: previous }) },
      livemode: false,
      // One that gets lost counts as delivered: Stripe would not know of it.
      pending_webhooks: targets.filter(({ hit }) => hit?.fault !== 'lost').length,
      request: this.cause,
      type,
    };
    await this.objects.insert(event);
    for (const { endpointId, hit } of targets) await this.deliveries.add(event.id, endpointId, hit);
  }

  /** Once more, to every endpoint that wants it, whatever became of it before. */
  async resend(event: Event): Promise<void> {
    for (const id of await this.endpoints.wanting(event.type)) await this.deliveries.add(event.id, id);
    await this.deliveries.count(event.id);
  }
}
