import type { Insertable } from '../model/wire.js';
import type { Database } from './database.js';

/** Rows of one INSERT: each number of rows is a statement of its own. */
const MOST_ROWS = 16;

/** Inserts objects, several with one statement. `notes`: theirs, by id. */
export async function insertRows(
  database: Database,
  objects: ReadonlyArray<Insertable & { created: number }>,
  notes: ReadonlyMap<string, object>,
): Promise<void> {
  const noted = (id: string): string | null => (notes.has(id) ? JSON.stringify(notes.get(id)) : null);
  for (let from = 0; from < objects.length; from += MOST_ROWS) {
    const rows = objects.slice(from, from + MOST_ROWS);
    await database.run(
      `INSERT INTO objects (id, object, created, json, notes) VALUES ${rows.map(() => '(?, ?, ?, ?, ?)').join()}`,
      ...rows.flatMap((row) => [row.id, row.object, row.created, JSON.stringify(row), noted(row.id)]),
    );
  }
}
