import type { EntityManager } from 'typeorm';

/**
 * The one way to write. What `work` does through `tx` is stored whole, or not at all where it throws, and the promise
 * resolves only once it is safe on disk.
 *
 * `work` must use `tx` alone and must not call the network: others wait for it.
 */
export abstract class UnitOfWork {
  /** Whether other processes may do the app's work on the same database. */
  readonly multiInstance: boolean = false;

  abstract run<T>(work: (tx: EntityManager) => Promise<T>): Promise<T>;

  /** The same for work that is one statement and no more, at what less it may cost. */
  runStatement<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.run(work);
  }
}
