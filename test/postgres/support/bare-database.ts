import { Column, type DataSource, Entity, PrimaryColumn } from 'typeorm';
import { loadEnv } from '../../../src/config/env.js';
import { openPool, postgresOptions, readOnly } from '../../../src/database/postgres/postgres-connections.js';
import { PostgresUnitOfWork } from '../../../src/database/postgres/postgres-unit-of-work.js';
import { type FreshDatabase, onPostgres } from '../../support/fresh-database.js';

@Entity('notes')
export class Note {
  @PrimaryColumn({ type: 'integer' })
  id!: number;

  @Column({ type: 'varchar' })
  text!: string;
}

/** A database with nothing but a table of notes, and both of the app's pools on it. */
export class BareDatabase {
  private constructor(
    private readonly database: FreshDatabase,
    readonly reading: DataSource,
    readonly writing: DataSource,
  ) {}

  static async create(): Promise<BareDatabase> {
    const database = await onPostgres(process.env.POSTGRES_SERVER ?? '');
    const options = { ...optionsFor(database.url), entities: [Note] };
    const writing = await openPool(options);
    await writing.query('CREATE TABLE notes (id integer PRIMARY KEY, text varchar NOT NULL)');
    return new BareDatabase(database, await openPool(readOnly(options)), writing);
  }

  get units(): PostgresUnitOfWork {
    return new PostgresUnitOfWork(this.writing);
  }

  async ids(): Promise<number[]> {
    const rows = (await this.reading.query('SELECT id FROM notes ORDER BY id')) as { id: number }[];
    return rows.map(({ id }) => id);
  }

  async textOf(id: number): Promise<string | undefined> {
    const rows = (await this.reading.query('SELECT text FROM notes WHERE id = $1', [id])) as { text: string }[];
    return rows[0]?.text;
  }

  /** Ends every connection but the asking one, as a restart of the server does. */
  async cutConnections(): Promise<void> {
    const others =
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
    await this.writing.query(others);
  }

  async drop(): Promise<void> {
    await this.reading.destroy();
    await this.writing.destroy();
    await this.database.drop();
  }
}

/** As the app would connect, with few connections. */
export const optionsFor = (url: string) =>
  postgresOptions(loadEnv({ DATABASE_URL: url, DATABASE_POOL_SIZE: '5' }, '/nowhere/.env'));
