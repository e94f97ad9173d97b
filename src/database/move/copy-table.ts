import type { DataSource } from 'typeorm';
import type { StoredTable } from './stored-table.js';

type Row = Record<string, unknown>;

const MOST_ROWS = 500;
/** PostgreSQL takes 65,535 parameters a statement. */
const MOST_VALUES = 60_000;

/**
 * Copies a table in the order of its key, one statement and commit for at most 500 rows. Rows that exist in `to` are left as they
 * are, so an interrupted copy may be started again.
 * @param progress called with how many rows were read so far
 */
export async function copyTable(
  { name, keys, columns }: StoredTable,
  from: DataSource,
  to: DataSource,
  progress: (rows: number) => void,
): Promise<void> {
  const names = columns.map((column) => column.name);
  const limit = Math.min(MOST_ROWS, Math.floor(MOST_VALUES / names.length));
  let last: Row | undefined;
  for (let copied = 0; ;) {
    const after = last ? `WHERE (${keys.join()}) > (${keys.map((_, at) => `$${at + 1}`).join()})` : '';
    const rows: Row[] = await from.query(
      `SELECT ${names.join()} FROM ${name} ${after} ORDER BY ${keys.join()} LIMIT ${limit}`,
      last ? keys.map((key) => last?.[key]) : [],
    );
    if (rows.length === 0) return;
    await insert(to, name, names, rows);
    progress((copied += rows.length));
    last = rows.at(-1);
  }
}

async function insert(to: DataSource, table: string, names: readonly string[], rows: readonly Row[]): Promise<void> {
  const places = rows.map((_, row) => `(${names.map((_name, at) => `$${row * names.length + at + 1}`).join()})`);
  await to.query(
    `INSERT INTO ${table} (${names.join()}) VALUES ${places.join()} ON CONFLICT DO NOTHING`,
    rows.flatMap((row) => names.map((name) => row[name])),
  );
}
