import type { EntityManager } from 'typeorm';

/**
 * Lets units that name the same thing run one after the other, in all instances, until each has ended: the second one then
 * sees what the first has stored. For things that have no row of their own yet; rows are locked by `Table.findToChange`. Name
 * all that a unit needs at once, before it reads. On SQLite every unit waits for the one before it anyway.
 */
export async function inTurn(tx: EntityManager, things: readonly string[]): Promise<void> {
  if (tx.connection.options.type !== 'postgres' || things.length === 0) return;
  const inOrder = [...new Set(things)].toSorted(); // the same for everybody, or two units could wait for each other
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended(thing, 0)) FROM unnest($1::text[]) AS thing', [
    inOrder,
  ]);
}
