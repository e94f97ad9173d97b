import type { AppDatabase } from '../faults/support/app-database.js';
import type { ShopOfTheYear } from './shop-of-the-year.js';
import { type ListedEvent, StripeHistory, type StripeObject } from './stripe-history.js';

/** An event of Stripe's, and what became of it. */
export interface WatchedEvent {
  id: string;
  type: string;
  /** The place in Stripe's list. */
  place: number;
  object: Pick<StripeObject, 'id' | 'object'>;
  customer: string | undefined;
  /** `lost`: Stripe does not deliver it any more, and the app has not got it. */
  is: 'stored' | 'pending' | 'lost';
}

const PAGE_SIZE = 100;
/** Ids in one query. */
const MANY = 400;
/** Types of events that access depends on. */
const OF_ACCESS = /^(customer\.subscription\.|invoice\.(?!upcoming)|charge\.|refund\.)/;

/** Follows Stripe's list of events, and which of them the app has stored. */
export class EventWatch {
  readonly history = new StripeHistory();
  readonly events = new Map<string, WatchedEvent>();
  /** Customers of whom a fact was lost that no later event brings: when a payment first failed. */
  readonly factsLost = new Set<string>();
  private readonly notStored = new Set<WatchedEvent>();
  /** Objects whose last event was lost, and their customers. */
  private readonly stale = new Map<string, string>();
  private newest: string | undefined;

  constructor(private readonly shop: ShopOfTheYear) {}

  get lost(): WatchedEvent[] {
    return [...this.notStored].filter((event) => event.is === 'lost');
  }

  get pending(): WatchedEvent[] {
    return [...this.notStored].filter((event) => event.is === 'pending');
  }

  customerOfEmail(email: string): string | undefined {
    return this.history.emails.get(email);
  }

  /** Reads what is new. Returns how many events that was. */
  async update(): Promise<number> {
    const fresh: WatchedEvent[] = [];
    for await (const page of this.newPages())
      for (const event of page) {
        this.history.add(event);
        const { id, type, pending_webhooks: pending, data } = event;
        const { object } = data;
        const customer = this.history.customerOf(object);
        const place = this.events.size;
        const watched = { id, type, place, object: { id: object.id, object: object.object }, customer } as const;
        fresh.push({ ...watched, is: pending === 0 ? 'lost' : 'pending' });
        this.events.set(id, fresh.at(-1) ?? { ...watched, is: 'pending' });
      }
    for (const event of fresh) this.notStored.add(event);
    for (const id of new Set(fresh.map(({ object }) => object.id))) await this.correct(id);
    const stored = await this.storedOf(this.shop.database);
    for (const event of fresh) if (!stored.has(event.id) && event.is === 'lost') this.noteLoss(event);
    for (const event of stored.values()) {
      event.is = 'stored';
      this.notStored.delete(event);
      this.noteStored(event);
    }
    return fresh.length;
  }

  /** Customers of whom the app may not know all that Stripe knows. */
  async unsettled(): Promise<Set<string>> {
    const { database } = this.shop;
    const handling = await database.rows<{ id: string }>(
      "SELECT id FROM webhook_events WHERE status IN ('pending', 'dead')",
    );
    const reading = await database.rows<{ id: string }>('SELECT id FROM stripe_reads WHERE wanted > applied');
    const customers = [
      ...this.factsLost,
      ...this.stale.values(),
      ...this.pending.map(({ customer }) => customer),
      ...handling.map(({ id }) => this.events.get(id)?.customer),
      ...reading.map(({ id }) => this.history.customerOf({ id, object: 'any' })),
    ];
    return new Set(customers.flatMap((customer) => customer ?? []));
  }

  private async correct(id: string): Promise<void> {
    const known = this.history.subscriptions.get(id);
    if (known && this.history.isAmbiguous(known)) this.history.correct(await this.shop.ask(`/v1/subscriptions/${id}`));
  }

  private noteLoss({ type, object, customer }: WatchedEvent): void {
    if (!customer || !OF_ACCESS.test(type)) return;
    this.stale.set(object.id, customer);
    if (type === 'invoice.payment_failed') this.factsLost.add(customer);
  }

  /** A later event of the object has come: the app knows the object as it is. */
  private noteStored({ object, place }: WatchedEvent): void {
    const later = [...this.notStored].some((lost) => lost.object.id === object.id && lost.place > place);
    if (!later) this.stale.delete(object.id);
  }

  private async storedOf(database: AppDatabase): Promise<Map<string, WatchedEvent>> {
    const stored = new Map<string, WatchedEvent>();
    const asked = [...this.notStored].map(({ id }) => id);
    for (let from = 0; from < asked.length; from += MANY) {
      const ids = asked.slice(from, from + MANY);
      const sql = `SELECT id FROM webhook_events WHERE id IN (${ids.map(() => '?').join()})`;
      for (const { id } of await database.rows<{ id: string }>(sql, ...ids)) {
        const event = this.events.get(id);
        if (event) stored.set(id, event);
      }
    }
    return stored;
  }

  /** Oldest first. */
  private async *newPages(): AsyncGenerator<ListedEvent[]> {
    for (;;) {
      const after = this.newest ? `&ending_before=${this.newest}` : '';
      const page = await this.shop.ask<{ data: ListedEvent[]; has_more: boolean }>(
        `/v1/events?limit=${PAGE_SIZE}${after}`,
      );
      if (!this.newest && page.has_more) throw new Error('The watch must begin before there are many events');
      this.newest = page.data[0]?.id ?? this.newest;
      yield page.data.toReversed();
      if (!page.has_more) return;
    }
  }
}
