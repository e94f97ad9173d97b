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
