import pg from 'pg';
import { type FreshDatabase, onPostgres } from '../../support/fresh-database.js';
import type { AppDatabase, Statement, Value } from './app-database.js';

const INT8 = 20;
/** A connection that the server has ended is tried again this often. */
const ATTEMPTS = 3;

/** A database of a PostgreSQL, by a connection for each call: the server may be restarted between two of them. */
export class PostgresDatabase implements AppDatabase {
  private constructor(private readonly database: FreshDatabase) {}

  static async createOn(server: string): Promise<PostgresDatabase> {
    return new PostgresDatabase(await onPostgres(server));
  }

  get url(): string {
    return this.database.url;
  }

  async rows<T>(sql: string, ...values: Value[]): Promise<T[]> {
    return this.connected(async (client) => (await client.query(numbered(sql), values)).rows as T[]);
  }

  write(...statements: Statement[]): Promise<number[]> {
    return this.connected(async (client) => {
      await client.query('BEGIN');
      const changed: number[] = [];
      for (const [sql, ...values] of statements)
        changed.push((await client.query(numbered(sql), values)).rowCount ?? 0);
      await client.query('COMMIT');
      return changed;
    });
  }

  drop(): Promise<void> {
    return this.database.drop();
  }

  private async connected<T>(use: (client: pg.Client) => Promise<T>, attempt = 1): Promise<T> {
    const client = new pg.Client({ connectionString: this.url });
    client.setTypeParser(INT8, Number);
    client.on('error', () => undefined); // the query that is running rejects
    try {
      await client.connect();
      return await use(client);
    } catch (error) {
      if (attempt === ATTEMPTS || (error as { code?: string }).code !== '57P01') throw error;
      return await this.connected(use, attempt + 1);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** `?` is `$1` and so on here. */
function numbered(sql: string): string {
  let place = 0;
  return sql.replaceAll('?', () => `$${++place}`);
}
