import sqlite3 from 'sqlite3';
import { DefaultNamingStrategy } from 'typeorm';
import { snakeCase } from 'typeorm/util/StringUtils.js';

// This folder holds what bends TypeORM (0.3.31), each with its reason. `docs/decisions/0001` says what would make each needless.

/**
 * `createdAt` is `created_at` in the database, where names that need quotes are a nuisance. TypeORM has no setting for it:
 * https://github.com/typeorm/typeorm/issues/6369. Table names are given in full by `@Entity`.
 */
class SnakeNaming extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined, prefixes: string[]): string {
    return custom ?? snakeCase([...prefixes, property].join('_'));
  }
}

/** What every connection of either engine is opened with. */
export const TYPEORM_OPTIONS = {
  synchronize: false,
  namingStrategy: new SnakeNaming(),
  // By default a condition without a value is left out, which finds, changes or deletes everybody's rows:
  // https://github.com/typeorm/typeorm/issues/9316. Query builders ignore this (issue 11806); `Table` has a check of its own.
  invalidWhereValuesBehavior: { undefined: 'throw', null: 'throw' },
} as const;

/**
 * The driver without its verbose mode. TypeORM's SqliteDriver always turns that on, and it takes a stack trace at every call: a
 * quarter of a loaded server's time. There is no setting, and no issue that we found.
 */
export const sqliteDriver = { ...sqlite3, verbose: () => sqlite3 };
