import type { EntityManager, FindManyOptions } from 'typeorm';

/** Whether this transaction is on PostgreSQL; else it is on SQLite. */
export const isPostgres = (tx: EntityManager) => tx.connection.options.type === 'postgres';

/**
 * Text that both engines take. PostgreSQL refuses a NUL and a lone surrogate, in text and in JSON, and with them every row of the
 * statement. Each is replaced by U+FFFD, as text decoders do.
 */
export function wellFormed(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '\uFFFD') : whole;
}

/** A parameter of a statement, or a list of them, with its text made well-formed. */
export function toStorable(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  return Array.isArray(value) ? value.map(toStorable) : value;
}

/** How JSON spells a NUL and a lone surrogate. */
const MAY_BE_ILL_FORMED = /\\u(?:0000|d[89a-f])/;

/** Rows of values as one JSON parameter, for `fromJsonRows` and `inList`. Their text is made well-formed here, before JSON escapes it. */
export function jsonRows(rows: readonly (readonly unknown[])[]): string {
  const json = JSON.stringify(rows);
  return MAY_BE_ILL_FORMED.test(json) ? JSON.stringify(rows.map(toStorable)) : json;
}

/**
 * The FROM clause that reads the parameter of `jsonRows` as a table `input`, a row for each: `input.value->>0` is the first value,
 * on both engines. The statement is the same for any number of rows; with a parameter for each value, it would cost more to
 * build, find and bind than to execute.
 *
 * PostgreSQL gives each value as text, so `CAST` it.
 */
export const fromJsonRows = (tx: EntityManager, place: `$${number}`): string =>
  isPostgres(tx) ? `jsonb_array_elements(${place}::jsonb) AS input(value)` : `json_each(${place}) AS input`;

/**
 * The condition that a column has one of the values of a `jsonRows` parameter with one value a row. On PostgreSQL an array: its
 * planner expects few elements and uses the index. Of a subquery it expects 100 rows, and scans a table of a few thousand.
 */
export const inList = (tx: EntityManager, column: string, type: string, place: `$${number}`): string => {
  const values = `SELECT CAST(input.value->>0 AS ${type}) FROM ${fromJsonRows(tx, place)}`;
  return isPostgres(tx) ? `${column} = ANY(ARRAY(${values}))` : `${column} IN (${values})`;
};

/** Text from a part of a parameter of UTF-8 bytes. `from` (the first byte is 1) and `length` (bytes) are SQL expressions. */
export const utf8Slice = (tx: EntityManager, place: `$${number}`, from: string, length: string): string =>
  isPostgres(tx)
    ? `convert_from(substr(${place}::bytea, CAST(${from} AS integer), CAST(${length} AS integer)), 'UTF8')`
    : `CAST(substr(${place}, ${from}, ${length}) AS text)`;

/**
 * Locks keys, such as a Payment Intent's id, for this transaction and in all instances: a unit that locks the same key waits for
 * this one's end, and then sees what it stored. For what has no row yet; rows are locked by `Table.findToChange`. Lock all
 * keys of a unit in one call, before it reads. On SQLite units never run side by side, and nothing is done.
 */
export async function lockKeys(tx: EntityManager, keys: readonly string[]): Promise<void> {
  if (!isPostgres(tx) || keys.length === 0) return;
  const inOrder = [...new Set(keys)].toSorted(); // one order for all units, or two could wait for each other
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest($1::text[]) AS key', [inOrder]);
}

/** Options of `find`: locks the rows for this transaction and skips those that another one has locked. Nothing on SQLite. */
export const skipLocked = (tx: EntityManager): Pick<FindManyOptions, 'lock'> =>
  isPostgres(tx) ? { lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' } } : {};

/** Executes a statement. Gives how many rows it changed, which `tx.query` does not: https://github.com/typeorm/typeorm/issues/4758. */
export async function affectedRows(tx: EntityManager, sql: string, parameters: unknown[]): Promise<number> {
  const result = await tx.queryRunner?.query(sql, parameters, true);
  return result?.affected ?? 0;
}

/** Below what either engine takes as parameters of one statement. */
const IDS_PER_QUERY = 500;

/** Calls `read` for at most 500 ids at a time, one call after the other. Gives all its rows. */
export async function inChunks<Row>(ids: readonly string[], read: (chunk: string[]) => Promise<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for (let at = 0; at < ids.length; at += IDS_PER_QUERY) rows.push(...(await read(ids.slice(at, at + IDS_PER_QUERY))));
  return rows;
}
