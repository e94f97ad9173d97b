import type { EntityManager, FindManyOptions } from 'typeorm';

/** For `find`: takes the rows for this transaction, and passes over those that another one has taken: nobody waits. */
export const passingOverLocked = (tx: EntityManager): Pick<FindManyOptions, 'lock'> =>
  tx.connection.options.type === 'postgres' ? { lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' } } : {}; // on SQLite, a unit has all rows to itself
