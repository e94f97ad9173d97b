import type { EntityManager, EntityMetadata, ObjectLiteral } from 'typeorm';
import { fromJsonRows, inList, isPostgres, jsonRows } from './sql.js';

/** A column's names on both sides, and how its values are converted. */
interface ColumnMap {
  property: string;
  name: string;
  type: string;
  toDatabase: (value: unknown) => unknown;
  fromDatabase: (value: unknown) => unknown;
}

type Key<T> = keyof T & string;
/** A value or a list of values for some of the properties; of an empty list there are no rows. */
type Where<T> = { [K in keyof T]?: T[K] | readonly T[K][] };

/** A condition without a value: left out, it would match everybody's rows. */
export class NoConditionError extends Error {
  constructor(table: string, property: string, value: null | undefined) {
    super(`${table}.${property} is compared with ${value}: give a value, or do not look for rows without one`);
  }
}

const maps = new WeakMap<EntityMetadata, ColumnMap[]>();

/**
 * Reads and writes the rows of an entity inside a transaction: by equality only, many rows in one statement. It uses TypeORM's
 * metadata, but not its query builder, which takes several times as long as the database. For what every event runs.
 */
export class Table<T extends ObjectLiteral> {
  constructor(private readonly entity: new () => T) {}

  /**
   * Rows where each property has the given value, or one of the given list.
   * @throws NoConditionError where a value is `undefined` or `null`, or none is given
   */
  find(tx: EntityManager, where: Where<T>): Promise<T[]> {
    return this.select(tx, where, '');
  }

  /** The same, locked until this transaction ends: it waits for other transactions that have locked them. */
  findToChange(tx: EntityManager, where: Where<T>): Promise<T[]> {
    // On SQLite units never run side by side. The order keeps two units from waiting for each other.
    const locked = isPostgres(tx) ? `ORDER BY ${this.keys(tx)} FOR UPDATE` : '';
    return this.select(tx, where, locked);
  }

  async findOne(tx: EntityManager, where: Where<T>): Promise<T | undefined> {
    return (await this.find(tx, where))[0];
  }

  async insert(tx: EntityManager, row: T): Promise<void> {
    const columns = this.columns(tx);
    await tx.query(
      `INSERT INTO ${this.name(tx)} (${columns.map(({ name }) => name).join()})
       VALUES (${columns.map((_, at) => `$${at + 1}`).join()})`,
      columns.map(({ property, toDatabase }) => toDatabase(row[property] ?? null)),
    );
  }

  /**
   * Writes some properties of many rows in one statement, by `key`. Name only what changed: the indexes of each column that is
   * written are written, too.
   */
  async updateAll(tx: EntityManager, rows: readonly T[], key: Key<T>, properties: readonly Key<T>[]): Promise<void> {
    if (rows.length === 0 || properties.length === 0) return;
    const columns = this.columns(tx);
    const written = [key, ...properties].map((name) => columns.find(({ property }) => property === name) as ColumnMap);
    const [keyValue = '', ...values] = written.map(({ type }, at) => `CAST(input.value->>${at} AS ${type})`);
    const set = values.map((value, at) => `${written[at + 1]?.name} = ${value}`);
    const table = this.name(tx);
    await tx.query(
      `UPDATE ${table} SET ${set.join()} FROM ${fromJsonRows(tx, '$1')} WHERE ${table}.${written[0]?.name} = ${keyValue}`,
      [jsonRows(rows.map((row) => written.map(({ property, toDatabase }) => toDatabase(row[property]))))],
    );
  }

  /** Writes the given properties of all rows that match; `undefined` ones are left as they are. */
  async update(tx: EntityManager, where: Where<T>, changes: Partial<T>): Promise<void> {
    const given = this.columns(tx).filter(({ property }) => changes[property] !== undefined);
    const set = given.map(({ name }, at) => `${name} = $${at + 1}`);
    const [condition, keys] = this.condition(tx, where, given.length);
    await tx.query(`UPDATE ${this.name(tx)} SET ${set.join()} WHERE ${condition}`, [
      ...given.map((column) => column.toDatabase(changes[column.property])),
      ...keys,
    ]);
  }

  private async select(tx: EntityManager, where: Where<T>, tail: string): Promise<T[]> {
    const [condition, parameters] = this.condition(tx, where);
    const sql = `SELECT * FROM ${this.name(tx)} WHERE ${condition} ${tail}`;
    const rows: Record<string, unknown>[] = await tx.query(sql, parameters);
    return rows.map((row) => this.read(tx, row));
  }

  private condition(tx: EntityManager, where: Where<T>, from = 0): [string, unknown[]] {
    const parameters: unknown[] = [];
    const place = (value: unknown): `$${number}` => `$${from + parameters.push(value)}`;
    const wanted = Object.entries(where);
    if (wanted.length === 0) throw new NoConditionError(this.name(tx), '*', undefined);
    const parts = wanted.map(([property, value]) => {
      const column = this.columns(tx).find((one) => one.property === property);
      if (!column) throw new Error(`${this.name(tx)} has no property ${property}`);
      if (value === undefined || value === null) throw new NoConditionError(this.name(tx), property, value);
      const { name, type, toDatabase } = column;
      if (!isList(value)) return `${name} = ${place(toDatabase(value))}`;
      return inList(tx, name, type, place(jsonRows(value.map((one) => [toDatabase(one)]))));
    });
    return [parts.join(' AND '), parameters];
  }

  private read(tx: EntityManager, row: Record<string, unknown>): T {
    const entity: Record<string, unknown> = new this.entity();
    for (const { property, name, fromDatabase } of this.columns(tx)) entity[property] = fromDatabase(row[name]);
    return entity as T;
  }

  private name(tx: EntityManager): string {
    return tx.connection.getMetadata(this.entity).tableName;
  }

  private keys(tx: EntityManager): string {
    const { primaryColumns } = tx.connection.getMetadata(this.entity);
    return primaryColumns.map(({ databaseName }) => databaseName).join();
  }

  private columns(tx: EntityManager): ColumnMap[] {
    const metadata = tx.connection.getMetadata(this.entity);
    let known = maps.get(metadata);
    if (!known) maps.set(metadata, (known = mapsOf(metadata)));
    return known;
  }
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const same = (value: unknown) => value;

const mapsOf = ({ columns }: EntityMetadata): ColumnMap[] =>
  columns.map(({ propertyName, databaseName, type, transformer }) => {
    const convert = Array.isArray(transformer) ? transformer[0] : transformer;
    const [toDatabase, fromDatabase] = [convert?.to ?? same, convert?.from ?? same];
    return { property: propertyName, name: databaseName, type: String(type), toDatabase, fromDatabase };
  });
