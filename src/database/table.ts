import type { EntityManager, EntityMetadata, ObjectLiteral } from 'typeorm';

/** What a column is called in both worlds, and how its values cross. */
interface ColumnMap {
  property: string;
  name: string;
  toDatabase: (value: unknown) => unknown;
  fromDatabase: (value: unknown) => unknown;
}

/** A value or a list of values for some of the properties. */
type Where<T> = { [K in keyof T]?: T[K] | readonly T[K][] };

const maps = new WeakMap<EntityMetadata, ColumnMap[]>();

/**
 * Reads and writes the rows of an entity inside a transaction, by equality alone, many in one statement. It goes by TypeORM's
 * metadata and passes its query builder over, which costs several times what the database does: for what every event runs.
 */
export class Table<T extends ObjectLiteral> {
  constructor(private readonly entity: new () => T) {}

  /** Rows where each property has the given value, or one of the given list. */
  async find(tx: EntityManager, where: Where<T>): Promise<T[]> {
    const [condition, parameters] = this.condition(tx, where);
    const rows: Record<string, unknown>[] = await tx.query(
      `SELECT * FROM ${this.name(tx)} WHERE ${condition}`,
      parameters,
    );
    return rows.map((row) => this.read(tx, row));
  }

  async findOne(tx: EntityManager, where: Where<T>): Promise<T | undefined> {
    return (await this.find(tx, where))[0];
  }

  async insert(tx: EntityManager, row: T): Promise<void> {
    const [into, values] = this.rows(tx, [row]);
    await tx.query(`INSERT INTO ${into}`, values);
  }

  /** Writes whole rows, new or not, in one statement. */
  async save(tx: EntityManager, rows: readonly T[], key: keyof T & string): Promise<void> {
    if (rows.length === 0) return;
    const [into, values] = this.rows(tx, rows);
    const columns = this.columns(tx);
    const keyName = columns.find(({ property }) => property === key)?.name;
    const set = columns.filter(({ property }) => property !== key).map(({ name }) => `${name} = excluded.${name}`);
    await tx.query(`INSERT INTO ${into} ON CONFLICT (${keyName}) DO UPDATE SET ${set.join()}`, values);
  }

  async update(tx: EntityManager, where: Where<T>, changes: Partial<T>): Promise<void> {
    const given = this.columns(tx).filter(({ property }) => changes[property] !== undefined);
    const set = given.map(({ name }, at) => `${name} = $${at + 1}`);
    const [condition, keys] = this.condition(tx, where, given.length);
    await tx.query(`UPDATE ${this.name(tx)} SET ${set.join()} WHERE ${condition}`, [
      ...given.map((column) => column.toDatabase(changes[column.property])),
      ...keys,
    ]);
  }

  private condition(tx: EntityManager, where: Where<T>, from = 0): [string, unknown[]] {
    const parameters: unknown[] = [];
    const place = (value: unknown, { toDatabase }: ColumnMap) => `$${from + parameters.push(toDatabase(value))}`;
    const parts = this.columns(tx).flatMap((column) => {
      const wanted = where[column.property];
      if (wanted === undefined) return [];
      if (!isList(wanted)) return [`${column.name} = ${place(wanted, column)}`];
      return [`${column.name} IN (${wanted.map((value) => place(value, column)).join()})`];
    });
    return [parts.join(' AND '), parameters];
  }

  /** `table (columns) VALUES (…), (…)` and the values. */
  private rows(tx: EntityManager, rows: readonly T[]): [string, unknown[]] {
    const columns = this.columns(tx);
    const values = rows.flatMap((row) => columns.map(({ property, toDatabase }) => toDatabase(row[property] ?? null)));
    const places = rows.map(
      (_, row) => `(${columns.map((_column, at) => `$${row * columns.length + at + 1}`).join()})`,
    );
    return [`${this.name(tx)} (${columns.map(({ name }) => name).join()}) VALUES ${places.join()}`, values];
  }

  private read(tx: EntityManager, row: Record<string, unknown>): T {
    const entity = new this.entity();
    for (const { property, name, fromDatabase } of this.columns(tx))
      Object.assign(entity, { [property]: fromDatabase(row[name]) });
    return entity;
  }

  private name(tx: EntityManager): string {
    return tx.connection.getMetadata(this.entity).tableName;
  }

  private columns(tx: EntityManager): ColumnMap[] {
    const metadata = tx.connection.getMetadata(this.entity);
    const known = maps.get(metadata) ?? mapsOf(metadata);
    maps.set(metadata, known);
    return known;
  }
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const same = (value: unknown) => value;

const mapsOf = ({ columns }: EntityMetadata): ColumnMap[] =>
  columns.map(({ propertyName, databaseName, transformer }) => {
    const crossing = Array.isArray(transformer) ? transformer[0] : transformer;
    const [toDatabase, fromDatabase] = [crossing?.to ?? same, crossing?.from ?? same];
    return { property: propertyName, name: databaseName, toDatabase, fromDatabase };
  });
