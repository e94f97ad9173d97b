import { DataSource } from 'typeorm';
import { migrate } from '../../src/database/postgres/postgres-engine.js';
import { migrations } from '../../src/database/migrations/index.js';
import { type FreshDatabase, onPostgres } from '../support/fresh-database.js';
import { optionsFor } from './support/bare-database.js';

describe('instances that boot together on an empty PostgreSQL', () => {
  let database: FreshDatabase;
  beforeEach(async () => {
    database = await onPostgres(process.env.POSTGRES_SERVER ?? '');
  });
  afterEach(() => database.drop());

  it('migrate it once', async () => {
    const options = { ...optionsFor(database.url), migrations };
    await Promise.all(Array.from({ length: 5 }, () => migrate(options)));
    const source = await new DataSource(options).initialize();
    const run = (await source.query('SELECT name FROM migrations ORDER BY id')) as { name: string }[];
    await source.destroy();
    expect(run.map(({ name }) => name)).toEqual(migrations.map(({ name }) => name));
  });

  it('keep payloads as they came, beside their rows', async () => {
    const options = { ...optionsFor(database.url), migrations };
    await migrate(options);
    const source = await new DataSource(options).initialize();
    const payload = JSON.stringify({ id: 'evt_1', note: 'x'.repeat(3_000) });
    await source.query(
      `INSERT INTO webhook_events (id, type, payload, status, created_at, received_at) VALUES ('evt_1', 't', $1, 'pending', 1, 1)`,
      [payload],
    );
    const [{ bytes }] = await source.query('SELECT pg_column_size(payload) AS bytes FROM webhook_events');
    const [{ row }] = await source.query('SELECT pg_relation_size($1::regclass) AS row', ['webhook_events']);
    await source.destroy();
    expect([bytes, Number(row)]).toEqual([payload.length, 8_192]);
  });
});
