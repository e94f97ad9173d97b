import { AppProcess } from '../../support/app-process.js';
import { anInvoiceEvent } from '../../faults/support/events.js';
import { PostgresDatabase } from '../../faults/support/postgres-database.js';
import { eventually } from '../../support/eventually.js';
import { Wire } from '../support/wire.js';

const SHORT = { DATABASE_CONNECT_TIMEOUT_MS: '1000', DATABASE_STATEMENT_TIMEOUT_MS: '1000' };
const LONGEST_REFUSAL_MS = 8_000;

describe('a PostgreSQL that cannot be reached any more', () => {
  let database: PostgresDatabase;
  let wire: Wire;
  let app: AppProcess<PostgresDatabase>;
  beforeAll(async () => {
    database = await PostgresDatabase.createOn(process.env.POSTGRES_SERVER ?? '');
    wire = await Wire.to(database.url);
    app = await AppProcess.on(database);
    await app.events.createEffects();
    await app.start({ ...SHORT, DATABASE_URL: wire.url });
  });
  afterAll(async () => {
    await app.remove();
    wire.close();
    await database.drop();
  });

  it('is answered 503 soon, keeps nothing else from being answered, and is used again by itself', async () => {
    const [before, meanwhile] = [anInvoiceEvent(), anInvoiceEvent()];
    expect((await app.sender.send(before)).status).toBe(200);
    await app.events.is(before.id, 'done');

    wire.unplug();
    const began = performance.now();
    const refused = app.sender.send(meanwhile);
    expect(await app.answers('/health/live')).toBe(true);
    expect((await refused).status).toBe(503);
    expect(performance.now() - began).toBeLessThan(LONGEST_REFUSAL_MS);
    expect(await app.answers('/health/ready')).toBe(false);

    wire.plugIn();
    await eventually('it is taken', async () => (await app.sender.send(meanwhile)).status === 200, 20_000);
    await eventually('it is done', async () => (await app.events.find(meanwhile.id))?.status === 'done', 20_000);
    expect(await app.events.effectsOf(meanwhile.id)).toEqual(['Counting', 'CountingToo']);
  });
});
