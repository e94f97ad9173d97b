import type { EntityManager } from 'typeorm';
import { storable } from './well-formed.js';

/** How JSON spells a NUL and half of a surrogate pair. */
const MAY_NEED_MENDING = /\\u(?:0000|d[89a-f])/;

/** Rows of values as one parameter of a statement: see `rowsOf`. Their text is made well-formed here: in JSON it is spelt in escapes. */
export function jsonRows(rows: readonly (readonly unknown[])[]): string {
  const json = JSON.stringify(rows);
  return MAY_NEED_MENDING.test(json) ? JSON.stringify(rows.map(storable)) : json;
}

/**
 * The FROM clause that reads what `jsonRows` wrote, as a table `told` with a row for each: `told.value->>0` is its first
 * value, on both engines. However many rows there are, the statement is the same and has one parameter: a statement with a
 * parameter for each value costs more to build, to find and to bind than the database takes to carry it out.
 *
 * PostgreSQL gives each value as text: `CAST` it.
 */
export const rowsOf = (tx: EntityManager, place: `$${number}`): string =>
  isPostgres(tx) ? `jsonb_array_elements(${place}::jsonb) AS told(value)` : `json_each(${place}) AS told`;

/**
 * The condition that a column has one of the values that `jsonRows` wrote as rows of one. PostgreSQL takes a list for an array of
 * a few, and looks each up by the index; of a subquery it thinks a hundred rows, and reads a table of some thousand whole.
 */
export const among = (tx: EntityManager, column: string, type: string, place: `$${number}`): string => {
  const told = `SELECT CAST(told.value->>0 AS ${type}) FROM ${rowsOf(tx, place)}`;
  return isPostgres(tx) ? `${column} = ANY(ARRAY(${told}))` : `${column} IN (${told})`;
};

/** The text that a part of a parameter of UTF-8 bytes stands for. `from` counts from 1; both are SQL. */
export const textOf = (tx: EntityManager, place: `$${number}`, from: string, length: string): string =>
  isPostgres(tx)
    ? `convert_from(substr(${place}::bytea, CAST(${from} AS integer), CAST(${length} AS integer)), 'UTF8')`
    : `CAST(substr(${place}, ${from}, ${length}) AS text)`;

const isPostgres = (tx: EntityManager) => tx.connection.options.type === 'postgres';
