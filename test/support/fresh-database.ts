import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';

/** An empty database for one app. */
export interface FreshDatabase {
  url: string;
  drop(): Promise<void>;
}

/** On the engine that this run tests; a file of it is in the folder, and goes with it. */
export const freshDatabase = (folder: string): Promise<FreshDatabase> =>
  process.env.TEST_ENGINE === 'postgres'
    ? onPostgres(process.env.POSTGRES_SERVER ?? '')
    : Promise.resolve({ url: `sqlite:${join(folder, 'shop.db')}`, drop: async () => undefined });

/** A new database of a running PostgreSQL. */
export async function onPostgres(server: string): Promise<FreshDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await ask(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = name;
  return { url: url.href, drop: () => ask(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function ask(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
