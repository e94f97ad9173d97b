import { API_VERSION } from '../api-version.js';
import { unixNow } from '../clock.js';
import type { Misbehaviour } from '../faults/misbehaviour.js';
import { newId } from '../ids.js';
import type { Objects } from '../state/objects.js';
import type { Event, EventType, StoredObject } from '../wire.js';
import { previousAttributes } from './changes.js';
import type { Deliveries } from './deliveries.js';
import type { Endpoints } from './endpoints.js';

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
    private readonly misbehaviour: Misbehaviour,
    private readonly cause: EventCause,
  ) {}

  /** `before`: the object as it was, for events that tell what changed; nothing changed, nothing to tell. */
  async record(type: EventType, object: StoredObject, before?: StoredObject): Promise<void> {
    const previous = before && previousAttributes(before, object);
    if (previous && Object.keys(previous).length === 0) return;
    const ways = (await this.endpoints.wanting(type)).map((endpointId) => ({
      endpointId,
      struck: this.misbehaviour.ofDelivery(type),
    }));
    const event: Event = {
      id: newId('event'),
      object: 'event',
      api_version: API_VERSION,
      created: unixNow(),
      data: { object, ...(previous && { previous_attributes: previous }) },
      livemode: false,
      // One that gets lost counts as delivered: Stripe would not know of it.
      pending_webhooks: ways.filter(({ struck }) => struck?.fault !== 'lost').length,
      request: this.cause,
      type,
    };
    await this.objects.insert(event);
    for (const { endpointId, struck } of ways) await this.deliveries.add(event.id, endpointId, struck);
  }

  /** Once more, to every endpoint that wants it, whatever became of it before. */
  async resend(event: Event): Promise<void> {
    for (const id of await this.endpoints.wanting(event.type)) await this.deliveries.add(event.id, id);
    await this.deliveries.count(event.id);
  }
}
