import { API_VERSION, type Event, type EventType, type StoredObject } from '../model/wire.js';
import { unixNow } from '../model/clock.js';
import type { FaultRules } from '../faults/fault-rules.js';
import { newId } from '../model/ids.js';
import { withoutTiers } from '../model/tiers.js';
import type { Objects } from './objects.js';
import type { Deliveries } from './deliveries.js';
import type { Endpoints } from './endpoints.js';

type Fields = Record<string, unknown>;

/**
 * `data.previous_attributes` of an event: the old values of the changed fields only, also inside
 * nested objects; null where there was none.
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

/** `request` of an event; both null where no request caused it. */
export interface EventCause {
  id: string | null;
  idempotency_key: string | null;
}

/** An event that is not recorded yet. */
export interface HeldEvent {
  type: EventType;
  object: StoredObject;
  previous: Fields | undefined;
  /** The time of the object's test clock, in Unix seconds; undefined where it goes by the server's. */
  at?: number | undefined;
}

/** Called with what happened, in its transaction: an invoice is paid when its Payment Intent succeeds. */
export type Reaction = (type: EventType, object: StoredObject) => Promise<void>;

/** Records events and their deliveries, in the transaction of the change. */
export class EventLog {
  constructor(
    private readonly objects: Objects,
    private readonly endpoints: Endpoints,
    private readonly deliveries: Deliveries,
    private readonly faultRules: FaultRules,
    private readonly cause: EventCause,
    private react: Reaction,
  ) {}

  private held: HeldEvent[] | undefined;

  /** `before`: the object before an update, for `previous_attributes`; without a difference nothing is recorded. */
  async record(type: EventType, object: StoredObject, before?: StoredObject): Promise<void> {
    const previous = before && previousAttributes(before, object);
    if (previous && Object.keys(previous).length === 0) return;
    const held = { type, object, previous, at: await this.testClockTime(object) };
    if (this.held) this.held.push(held);
    else await this.store([held]);
    await this.react(type, object);
  }

  /**
   * Holds the events of `work` back and records them when it has ended, arranged by `arrange`, which may also drop some.
   * Inside of another such call the outer one arranges.
   */
  async arranged<T>(arrange: (events: HeldEvent[]) => HeldEvent[], work: () => Promise<T>): Promise<T> {
    if (this.held) return work();
    const held: HeldEvent[] = [];
    this.held = held;
    try {
      return await work();
    } finally {
      this.held = undefined;
      await this.store(arrange(held));
    }
  }

  /** Runs `work` and records none of its events: for what is taken back. */
  async discarded<T>(work: () => Promise<T>): Promise<T> {
    const { held } = this;
    this.held = [];
    try {
      return await work();
    } finally {
      this.held = held;
    }
  }

  /** Runs `work` without reactions to its events: the caller itself does what follows from them. */
  async unobserved<T>(work: () => Promise<T>): Promise<T> {
    const { react } = this;
    this.react = async () => undefined;
    try {
      return await work();
    } finally {
      this.react = react;
    }
  }

  private async testClockTime(object: StoredObject): Promise<number | undefined> {
    if (!('test_clock' in object) || typeof object.test_clock !== 'string') return undefined;
    return (await this.objects.find('test_helpers.test_clock', object.test_clock))?.frozen_time;
  }

  private async store(held: readonly HeldEvent[]): Promise<void> {
    for (const each of held) {
      const wanting = await this.endpoints.wanting(each.type, this.objects.accounts.own);
      const hits = wanting.map((endpointId) => ({ endpointId, hit: this.faultRules.ofDelivery(each.type) }));
      // A lost event counts as delivered: Stripe would not know.
      const event = this.eventOf(each, hits.filter(({ hit }) => hit?.fault !== 'lost').length);
      await this.objects.insert(event, each.at === undefined ? undefined : { at: each.at });
      for (const { endpointId, hit } of hits) await this.deliveries.add(event.id, endpointId, hit);
    }
  }

  private eventOf({ type, object: stored, previous: changed }: HeldEvent, pending: number): Event {
    const [object, previous] = withoutTiers(stored, changed);
    const { own: account } = this.objects.accounts;
    return {
      id: newId('event'),
      object: 'event',
      ...(account !== '' && { account }),
      api_version: API_VERSION,
      created: unixNow(),
      data: { object, ...(previous && { previous_attributes: previous }) },
      livemode: false,
      pending_webhooks: pending,
      request: this.cause,
      type,
    };
  }

  /**
   * Delivers an event again, to all endpoints that take its type or to one. `account`: that of a connected account, which
   * the event has from then on.
   */
  async resend(event: Event, { account, endpoint }: { account?: string; endpoint?: string } = {}): Promise<void> {
    if (account !== undefined) await this.objects.save({ ...event, account });
    const endpoints = endpoint === undefined ? await this.endpoints.wanting(event.type) : [endpoint];
    for (const id of endpoints) await this.deliveries.add(event.id, id);
    await this.deliveries.count([event.id]);
    this.objects.forget(event.id);
  }
}
