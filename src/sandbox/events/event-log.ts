import { unixNow } from '../clock.js';
import { newId } from '../ids.js';
import type { Objects } from '../state/objects.js';
import type { Event, EventType, StoredObject } from '../wire.js';
import { API_VERSION } from '../api-version.js';
import { previousAttributes } from './changes.js';
import type { Deliveries } from './deliveries.js';

/** The request that caused an event; both null where nobody asked. */
export interface EventCause {
  id: string | null;
  idempotency_key: string | null;
}

/** Records what happened, in the transaction in which it happened, and what is to be delivered of it. */
export class EventLog {
  constructor(
    private readonly objects: Objects,
    private readonly deliveries: Deliveries | undefined,
    private readonly cause: EventCause,
  ) {}

  /** `before`: the object as it was, for events that tell what changed; nothing changed, nothing to tell. */
  async record(type: EventType, object: StoredObject, before?: StoredObject): Promise<void> {
    const previous = before && previousAttributes(before, object);
    if (previous && Object.keys(previous).length === 0) return;
    const event: Event = {
      id: newId('event'),
      object: 'event',
      api_version: API_VERSION,
      created: unixNow(),
      data: { object, ...(previous && { previous_attributes: previous }) },
      livemode: false,
      pending_webhooks: this.deliveries ? 1 : 0,
      request: this.cause,
      type,
    };
    await this.objects.insert(event);
    await this.deliveries?.add(event.id);
  }
}
