import { goingBy, type Clock } from './clock.js';
import { Deliveries } from './events/deliveries.js';
import { Endpoints, type Destination } from './events/endpoints.js';
import { EventLog, type EventCause } from './events/event-log.js';
import type { Misbehaviour } from './faults/misbehaviour.js';
import type { Database } from './state/database.js';
import { Objects } from './state/objects.js';
import { Timers } from './state/timers.js';
import { Transactions } from './state/transactions.js';

/** All that one transaction may read and write: objects, the events about them, their deliveries, what happens later. */
export interface Tx {
  readonly objects: Objects;
  readonly events: EventLog;
  readonly deliveries: Deliveries;
  readonly endpoints: Endpoints;
  readonly timers: Timers;
  readonly database: Database;
}

/** What a sandbox's transactions depend on. */
interface Surroundings {
  clock: Clock;
  /** Where events go that nobody made an endpoint for over the API. */
  listeners: ReadonlyMap<string, Destination>;
  misbehaviour: Misbehaviour;
}

/** Nothing and nobody: a timer's event. */
export const NO_REQUEST: EventCause = { id: null, idempotency_key: null };

/** The one way to the state: every change, its events and their deliveries are committed together. */
export class Ledger {
  private readonly transactions: Transactions;
  private readonly afterCommit: Array<() => void> = [];

  constructor(
    private readonly database: Database,
    private readonly surroundings: Surroundings,
  ) {
    this.transactions = new Transactions(database);
  }

  /** Called after each transaction that may have left something to do. */
  onCommit(listener: () => void): void {
    this.afterCommit.push(listener);
  }

  async change<T>(cause: EventCause, work: (tx: Tx) => Promise<T>): Promise<T> {
    const result = await goingBy(this.surroundings.clock, () => this.transactions.run(() => work(this.tx(cause))));
    for (const listener of this.afterCommit) listener();
    return result;
  }

  /** `work` must not write. */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return goingBy(this.surroundings.clock, () => this.transactions.read(() => work(this.tx(NO_REQUEST))));
  }

  idle(): Promise<void> {
    return this.transactions.idle();
  }

  private tx(cause: EventCause): Tx {
    const { database } = this;
    const { listeners, misbehaviour } = this.surroundings;
    const objects = new Objects(database);
    const deliveries = new Deliveries(database);
    const endpoints = new Endpoints(objects, listeners);
    const events = new EventLog(objects, endpoints, deliveries, misbehaviour, cause);
    return { database, objects, deliveries, endpoints, events, timers: new Timers(database) };
  }
}
