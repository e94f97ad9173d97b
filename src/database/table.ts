import type { EntityManager, EntityMetadata, ObjectLiteral } from 'typeorm';

/** What a column is called in both worlds, and how its values cross. */
interface ColumnMap {
  property: string;
  name: string;
  toDatabase: (value: unknown) => unknown;
  fromDatabase: (value: unknown) => unknown;
}

const maps = new WeakMap<EntityMetadata, ColumnMap[]>();

/**
 * Reads and writes the rows of an entity inside a transaction, by equality alone. It goes by TypeORM's metadata and passes
 * its query builder over, which costs several times what the database does: for what every event runs. Properties that are
 * `undefined` are left out, `null` is a value.
 */
export class Table<T extends ObjectLiteral> {
  constructor(private readonly entity: new () => T) {}

  async find(tx: EntityManager, where: Partial<T>): Promise<T[]> {
    const [condition, parameters] = this.assignments(tx, where, ' AND ');
    const rows: Record<string, unknown>[] = await tx.query(
      `SELECT * FROM ${this.name(tx)} WHERE ${condition}`,
      parameters,
    );
    return rows.map((row) => this.read(tx, row));
  }

  async findOne(tx: EntityManager, where: Partial<T>): Promise<T | undefined> {
    return (await this.find(tx, where))[0];
  }

  async insert(tx: EntityManager, row: Partial<T>): Promise<void> {
    const given = this.given(tx, row);
    const places = given.map((_, at) => `$${at + 1}`);
    await tx.query(
      `INSERT INTO ${this.name(tx)} (${given.map(({ name }) => name).join()}) VALUES (${places.join()})`,
      given.map((column) => column.toDatabase(row[column.property])),
    );
  }

  async update(tx: EntityManager, where: Partial<T>, changes: Partial<T>): Promise<void> {
    const [set, values] = this.assignments(tx, changes, ', ');
    const [condition, keys] = this.assignments(tx, where, ' AND ', values.length);
    await tx.query(`UPDATE ${this.name(tx)} SET ${set} WHERE ${condition}`, [...values, ...keys]);
  }

  private assignments(tx: EntityManager, values: Partial<T>, joint: string, from = 0): [string, unknown[]] {
    const given = this.given(tx, values);
    return [
      given.map(({ name }, at) => `${name} = $${from + at + 1}`).join(joint),
      given.map((column) => column.toDatabase(values[column.property])),
    ];
  }

  private read(tx: EntityManager, row: Record<string, unknown>): T {
    const entity = new this.entity();
    for (const { property, name, fromDatabase } of this.columns(tx))
      Object.assign(entity, { [property]: fromDatabase(row[name]) });
    return entity;
  }

  private given(tx: EntityManager, values: Partial<T>): ColumnMap[] {
    return this.columns(tx).filter(({ property }) => values[property] !== undefined);
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

const same = (value: unknown) => value;

const mapsOf = ({ columns }: EntityMetadata): ColumnMap[] =>
  columns.map(({ propertyName, databaseName, transformer }) => {
    const crossing = Array.isArray(transformer) ? transformer[0] : transformer;
    const [toDatabase, fromDatabase] = [crossing?.to ?? same, crossing?.from ?? same];
    return { property: propertyName, name: databaseName, toDatabase, fromDatabase };
  });
