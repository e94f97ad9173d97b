import type { EntityManager } from 'typeorm';

/**
 * Where a unit waits to be written. `intake`: for what is waited for: a delivery's answer, a customer's page, a command.
 * `handling`: for work on events that are stored already.
 */
export type UnitQueue = 'intake' | 'handling';

export interface UnitOptions {
  /** Defaults to `intake`. Where units run side by side, as on PostgreSQL, there are no queues, and it changes nothing. */
  queue?: UnitQueue;
}

/**
 * The one way to write. What `work` does through `tx` is stored whole, or not at all where it throws, and the promise
 * resolves only once it is safe on disk.
 *
 * `work` must use `tx` alone and must not call the network: others wait for it.
 */
export abstract class UnitOfWork {
  /** Whether other processes may do the app's work on the same database. */
  readonly multiInstance: boolean = false;

  /** Whether intake is being written or waits to be: a unit of `handling` that begins now holds it up, so it should be short. */
  get intakeWaits(): boolean {
    return false;
  }

  /**
   * @throws StorageUnavailableError where the database takes no writes now: safe to try again
   * @throws TransactionTimeoutError where `work` took too long
   */
  abstract run<T>(work: (tx: EntityManager) => Promise<T>, options?: UnitOptions): Promise<T>;

  /** The same for work of intake that is one statement and no more, without the cost of BEGIN and COMMIT where that is possible. */
  runStatement<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.run(work);
  }
}
