import { DataSource } from 'typeorm';
import { migrate } from '../../src/database/postgres/migrate.js';
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
});
