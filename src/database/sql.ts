import type { EntityManager, FindManyOptions } from 'typeorm';

/**
 * Text as every engine takes it: PostgreSQL refuses a NUL and half of a surrogate pair, in text and in JSON, and would refuse
 * with them every row of the same statement. Each is replaced by U+FFFD, as text decoders do.
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

/** How JSON spells a NUL and half of a surrogate pair. */
const MAY_NEED_MENDING = /\\u(?:0000|d[89a-f])/;

/** Rows of values as one parameter of a statement: see `fromJsonRows`. Their text is made well-formed here: in JSON it is spelt in escapes. */
export function jsonRows(rows: readonly (readonly unknown[])[]): string {
  const json = JSON.stringify(rows);
  return MAY_NEED_MENDING.test(json) ? JSON.stringify(rows.map(toStorable)) : json;
}

/**
 * The FROM clause that reads what `jsonRows` wrote, as a table `told` with a row for each: `input.value->>0` is its first
 * value, on both engines. However many rows there are, the statement is the same and has one parameter: a statement with a
 * parameter for each value costs more to build, to find and to bind than the database takes to carry it out.
 *
 * PostgreSQL gives each value as text: `CAST` it.
 */
export const fromJsonRows = (tx: EntityManager, place: `$${number}`): string =>
  isPostgres(tx) ? `jsonb_array_elements(${place}::jsonb) AS input(value)` : `json_each(${place}) AS input`;

/**
 * The condition that a column has one of the values that `jsonRows` wrote as rows of one. PostgreSQL takes a list for an array of
 * a few, and looks each up by the index; of a subquery it thinks a hundred rows, and reads a table of some thousand whole.
 */
export const inList = (tx: EntityManager, column: string, type: string, place: `$${number}`): string => {
  const told = `SELECT CAST(input.value->>0 AS ${type}) FROM ${fromJsonRows(tx, place)}`;
  return isPostgres(tx) ? `${column} = ANY(ARRAY(${told}))` : `${column} IN (${told})`;
};

/** The text that a part of a parameter of UTF-8 bytes stands for. `from` counts from 1; both are SQL. */
export const utf8Slice = (tx: EntityManager, place: `$${number}`, from: string, length: string): string =>
  isPostgres(tx)
    ? `convert_from(substr(${place}::bytea, CAST(${from} AS integer), CAST(${length} AS integer)), 'UTF8')`
    : `CAST(substr(${place}, ${from}, ${length}) AS text)`;

const isPostgres = (tx: EntityManager) => tx.connection.options.type === 'postgres';

/**
 * Lets units that name the same thing run one after the other, in all instances, until each has ended: the second one then
 * sees what the first has stored. For things that have no row of their own yet; rows are locked by `Table.findToChange`. Name
 * all that a unit needs at once, before it reads. On SQLite every unit waits for the one before it anyway.
 */
export async function lockKeys(tx: EntityManager, things: readonly string[]): Promise<void> {
  if (tx.connection.options.type !== 'postgres' || things.length === 0) return;
  const inOrder = [...new Set(things)].toSorted(); // the same for everybody, or two units could wait for each other
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended(thing, 0)) FROM unnest($1::text[]) AS thing', [
    inOrder,
  ]);
}

/** For `find`: takes the rows for this transaction, and passes over those that another one has taken: nobody waits. */
export const skipLocked = (tx: EntityManager): Pick<FindManyOptions, 'lock'> =>
  tx.connection.options.type === 'postgres' ? { lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' } } : {}; // on SQLite, a unit has all rows to itself

/** Carries out a statement and gives how many rows it changed, which `tx.query` does not tell. */
export async function affectedRows(tx: EntityManager, sql: string, parameters: unknown[]): Promise<number> {
  const result = await tx.queryRunner?.query(sql, parameters, true);
  return result?.affected ?? 0;
}

/** Well below what SQLite and PostgreSQL take as parameters of one statement. */
const IDS_A_QUERY = 500;

/** Reads what belongs to many ids in few queries. */
export async function inChunks<Row>(ids: readonly string[], read: (some: string[]) => Promise<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for (let at = 0; at < ids.length; at += IDS_A_QUERY) rows.push(...(await read(ids.slice(at, at + IDS_A_QUERY))));
  return rows;
}
