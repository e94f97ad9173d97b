import { runWithClock, type Clock } from '../model/clock.js';
import { Deliveries } from './deliveries.js';
import { Endpoints, type Destination, type EndpointsInUse } from './endpoints.js';
import { EventLog, type EventCause } from './event-log.js';
import type { FaultRules } from '../faults/fault-rules.js';
import { Connection } from './connection.js';
import type { Database } from './database.js';
import type { EventType, StoredObject } from '../model/wire.js';
import { type Account, type AccountsInUse, ObjectAccounts } from './object-accounts.js';
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
  readonly database: Connection;
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

/** Opens a savepoint; the function that comes back takes back what was done since then. */
export async function savepoint(tx: Tx): Promise<() => Promise<void>> {
  await writeChanges(tx);
  const opened = tx.database.savepoint();
  return async () => {
    const written = await tx.database.rollBackTo(opened);
    tx.objects.forgetChanges();
    tx.deliveries.forgetChanges();
    tx.timers.forgetChanges(written);
  };
}

async function writeChanges({ objects, deliveries, timers }: Tx): Promise<void> {
  await objects.write();
  await deliveries.write();
  await timers.write();
}

/** Runs transactions on the state: a change, its events and their deliveries are committed together. */
export class Store {
  private readonly transactions: Transactions;
  private readonly afterCommit: Array<() => void> = [];
  private readonly accountsInUse: AccountsInUse = {};
  private readonly endpointsInUse: EndpointsInUse = {};

  constructor(
    private readonly database: Database,
    private readonly context: StoreContext,
  ) {
    this.transactions = new Transactions(database);
  }

  /** Calls `listener` after each commit. */
  onCommit(listener: () => void): void {
    this.afterCommit.push(listener);
  }

  /** `account`: whose objects `work` sees, and whose those are that it makes. Defaults to all. */
  async change<T>(cause: EventCause, work: (tx: Tx) => Promise<T>, account?: Account): Promise<T> {
    const result = await this.changeUnannounced(cause, work, account);
    for (const listener of this.afterCommit) listener();
    return result;
  }

  /** The same, but no listener is called: for what makes nothing due that they would have to do. */
  changeUnannounced<T>(cause: EventCause, work: (tx: Tx) => Promise<T>, account?: Account): Promise<T> {
    return runWithClock(this.context.clock, () =>
      this.transactions.run(() => this.writing(this.tx(cause, account), work)),
    );
  }

  /** Without a transaction: `work` changes one object at most, as where a test card's alias is read and becomes a payment method. */
  read<T>(work: (tx: Tx) => Promise<T>, account?: Account): Promise<T> {
    return runWithClock(this.context.clock, () =>
      this.transactions.read(() => this.writing(this.tx(NO_REQUEST, account), work)),
    );
  }

  idle(): Promise<void> {
    return this.transactions.idle();
  }

  private async writing<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
    const result = await work(tx);
    await writeChanges(tx);
    return result;
  }

  private tx(cause: EventCause, account: Account): Tx {
    const database = new Connection(this.database);
    const { listeners, faultRules, react } = this.context;
    const objects = new Objects(database, new ObjectAccounts(database, this.accountsInUse, account));
    const deliveries = new Deliveries(database, objects);
    const everyone = new ObjectAccounts(database, this.accountsInUse, undefined);
    const all = account === undefined ? objects : new Objects(database, everyone);
    const endpoints = new Endpoints(all, listeners, this.endpointsInUse);
    const events = new EventLog(objects, endpoints, deliveries, faultRules, cause, async (type, object) =>
      react?.(tx, type, object),
    );
    const tx: Tx = { database, objects, deliveries, endpoints, events, timers: new Timers(database) };
    return tx;
  }
}
