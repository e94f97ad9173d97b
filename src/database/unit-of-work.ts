import type { EntityManager } from 'typeorm';

/**
 * The one way to write. What `work` does through `tx` is stored whole, or not at all where it throws, and the promise
 * resolves only once it is safe on disk.
 *
 * `work` must use `tx` alone and must not call the network: others wait for it.
 */
export abstract class UnitOfWork {
  abstract run<T>(work: (tx: EntityManager) => Promise<T>): Promise<T>;
}
