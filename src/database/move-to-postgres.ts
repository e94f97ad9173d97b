import type { DataSource } from 'typeorm';
import type { Env } from '../config/env.js';
import { migrations } from './migrations/index.js';
import { openPool, postgresOptions } from './postgres/postgres-connections.js';
import { migrate } from './postgres/postgres-engine.js';

/** A table as both engines have it. */
export interface StoredTable {
  name: string;
  keys: string[];
  /** Its columns, and whether each holds numbers. */
  columns: { name: string; isNumber: boolean }[];
}

/** Every table that has an entity. */
export const tablesOf = (source: DataSource): StoredTable[] =>
  source.entityMetadatas.map(({ tableName, primaryColumns, columns }) => ({
    name: tableName,
    keys: primaryColumns.map(({ databaseName }) => databaseName),
    columns: columns.map(({ databaseName, type }) => ({
      name: databaseName,
      isNumber: ['bigint', 'integer'].includes(String(type)),
    })),
  }));

/** The number of rows, and for each column the sum of its numbers or of the lengths of its texts. */
export type Sums = Record<string, string>;

/** The same on both engines where they have the same rows. */
export async function sumsOf({ name, columns }: StoredTable, source: DataSource): Promise<Sums> {
  const parts = columns.map(({ name: column, isNumber }) => {
    const value = isNumber ? column : `LENGTH(${column})`;
    return `CAST(COALESCE(SUM(${value}), 0) AS varchar) AS ${column}_sum`;
  });
  const rows: Sums[] = await source.query(`SELECT CAST(COUNT(*) AS varchar) AS rows, ${parts.join()} FROM ${name}`);
  return Object.fromEntries(Object.entries(rows[0] ?? {}).map(([what, sum]) => [what, String(sum)]));
}

/** What differs, a line each. */
export const differences = (table: string, here: Sums, there: Sums): string[] =>
  Object.keys(here)
    .filter((what) => here[what] !== there[what])
    .map((what) => `${table}.${what}: ${here[what]} here, ${there[what]} there`);

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
  const placeholders = rows.map((_, row) => `(${names.map((_name, at) => `$${row * names.length + at + 1}`).join()})`);
  await to.query(
    `INSERT INTO ${table} (${names.join()}) VALUES ${placeholders.join()} ON CONFLICT DO NOTHING`,
    rows.flatMap((row) => names.map((name) => row[name])),
  );
}

/** The copy does not equal the original. */
export class CopyDiffersError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(['The databases differ, so do not switch over. Was the other one in use already?', ...faults].join('\n  '));
  }
}

/** A table that was copied, with the sums that agree in both databases. */
export interface MovedTable {
  table: string;
  sums: Sums;
}

/**
 * Copies every table to PostgreSQL, then compares counts and sums. The original is only read, and must not change meanwhile.
 * May be called again after an interruption.
 * @param target settings with the DATABASE_URL of the other database
 * @throws CopyDiffersError
 */
export async function moveToPostgres(
  from: DataSource,
  target: Env,
  progress: (table: string, rows: number) => void,
): Promise<MovedTable[]> {
  const options = postgresOptions(target);
  await migrate({ ...options, migrations });
  const to = await openPool(options);
  try {
    const moved: MovedTable[] = [];
    const faults: string[] = [];
    for (const table of tablesOf(from)) {
      await copyTable(table, from, to, (rows) => progress(table.name, rows));
      const [here, there] = [await sumsOf(table, from), await sumsOf(table, to)];
      faults.push(...differences(table.name, here, there));
      moved.push({ table: table.name, sums: here });
    }
    if (faults.length > 0) throw new CopyDiffersError(faults);
    return moved;
  } finally {
    await to.destroy();
  }
}
