import type { DataSource } from 'typeorm';

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
