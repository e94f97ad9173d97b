import { runWithClock, type Clock } from '../model/clock.js';
import { Deliveries } from './deliveries.js';
import { Endpoints, type Destination } from './endpoints.js';
import { EventLog, type EventCause } from './event-log.js';
import type { FaultRules } from '../faults/fault-rules.js';
import type { Database } from './database.js';
import type { EventType, StoredObject } from '../model/wire.js';
import { type Account, ObjectAccounts } from './object-accounts.js';
import { Objects } from './objects.js';
import { Timers } from './timers.js';
import { Transactions } from './transactions.js';

/** Access to the state inside a transaction. */
export interface Tx {
  readonly objects: Objects;
  readonly events: EventLog;
  readonly deliveries: Deliveries;
  readonly endpoints: Endpoints;
  readonly timers: Timers;
  readonly database: Database;
}

/** What transactions need besides the database. */
interface StoreContext {
  clock: Clock;
  /** The addresses of `forwardTo`, by endpoint id. */
  listeners: ReadonlyMap<string, Destination>;
  faultRules: FaultRules;
  /** Called with each event, in its transaction. Defaults to nothing. */
  react?: (tx: Tx, type: EventType, object: StoredObject) => Promise<void>;
}

/** The cause of events that no request led to, such as those of timers. */
export const NO_REQUEST: EventCause = { id: null, idempotency_key: null };

/** Takes back what a transaction did since a savepoint. */
export async function rollBackTo(tx: Tx, savepoint: string): Promise<void> {
  await tx.database.run(`ROLLBACK TO ${savepoint}`);
  tx.objects.forgetWritten();
  tx.timers.forget();
}

/** Runs transactions on the state: a change, its events and their deliveries are committed together. */
export class Store {
  private readonly transactions: Transactions;
  private readonly afterCommit: Array<() => void> = [];
  private readonly accounts: ObjectAccounts;

  constructor(
    private readonly database: Database,
    private readonly context: StoreContext,
  ) {
    this.transactions = new Transactions(database);
    this.accounts = new ObjectAccounts(database);
  }

  /** Calls `listener` after each commit. */
  onCommit(listener: () => void): void {
    this.afterCommit.push(listener);
  }

  /** `account`: whose objects `work` sees, and whose those are that it makes. Defaults to all. */
  async change<T>(cause: EventCause, work: (tx: Tx) => Promise<T>, account?: Account): Promise<T> {
    const result = await runWithClock(this.context.clock, () =>
      this.transactions.run(() => work(this.tx(cause, account))),
    );
    for (const listener of this.afterCommit) listener();
    return result;
  }

  /** `work` must not write. */
  read<T>(work: (tx: Tx) => Promise<T>, account?: Account): Promise<T> {
    return runWithClock(this.context.clock, () => this.transactions.read(() => work(this.tx(NO_REQUEST, account))));
  }

  idle(): Promise<void> {
    return this.transactions.idle();
  }

  private tx(cause: EventCause, account: Account): Tx {
    const { database, accounts } = this;
    const { listeners, faultRules, react } = this.context;
    const objects = new Objects(database, accounts, account);
    const deliveries = new Deliveries(database);
    const endpoints = new Endpoints(
      account === undefined ? objects : new Objects(database, accounts, undefined),
      listeners,
    );
    const events = new EventLog(objects, endpoints, deliveries, faultRules, cause, async (type, object) =>
      react?.(tx, type, object),
    );
    const tx: Tx = { database, objects, deliveries, endpoints, events, timers: new Timers(database) };
    return tx;
  }
}
