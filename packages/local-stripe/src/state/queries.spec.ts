import type { Kind } from '../model/wire.js';
import { Database } from './database.js';
import { pageQuery, type PageRequest } from './queries.js';
import { SCHEMA } from './schema.js';

describe('a page of a list', () => {
  let database: Database;

  beforeEach(async () => {
    database = await Database.open(':memory:');
    await database.exec(SCHEMA);
  });
  afterEach(() => database.close());

  const planOf = async (kind: Kind, request: Omit<PageRequest, 'limit'>): Promise<string> => {
    const { sql, values } = pageQuery(kind, { limit: 10, ...request });
    const steps = await database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values);
    return steps.map(({ detail }) => detail).join('; ');
  };

  it.each<[Kind, Omit<PageRequest, 'limit'>, string]>([
    ['charge', {}, 'objects_by_kind'],
    ['charge', { created: { gt: 1 } }, 'objects_by_time'],
    ['charge', { created: { gte: 1, lt: 9 }, startingAfter: 'ch_1' }, 'objects_by_time'],
    ['invoice', { where: { collection_method: 'send_invoice' } }, 'billed_by_method'],
    ['subscription', { where: { collection_method: 'send_invoice' } }, 'billed_by_method'],
    ['invoice', { where: { customer: 'cus_1', collection_method: 'send_invoice' } }, 'objects_by_customer'],
    ['balance_transaction', { where: { currency: 'eur' } }, 'balance_by_currency'],
    ['balance_transaction', { where: { type: 'refund' } }, 'objects_by_type'],
  ])('of %s with %j is found by the index %s, and not sorted', async (kind, request, index) => {
    const plan = await planOf(kind, request);
    expect(plan).toContain(`USING INDEX ${index} `);
    expect(plan).not.toContain('TEMP B-TREE');
  });

  it('within bounds of time is in its order, and goes on after the last object', async () => {
    const times = { ch_1: 30, ch_2: 10, ch_3: 20, ch_4: 20 };
    for (const [id, created] of Object.entries(times)) {
      const json = JSON.stringify({ id });
      await database.run(
        'INSERT INTO objects (id, object, created, json) VALUES (?, ?, ?, ?)',
        id,
        'charge',
        created,
        json,
      );
    }
    const ids = async (request: PageRequest): Promise<string[]> => {
      const { sql, values } = pageQuery('charge', request);
      const rows = await database.all<{ json: string }>(sql, ...values);
      return rows.map(({ json }) => (JSON.parse(json) as { id: string }).id);
    };
    const created = { gte: 10, lte: 30 };
    expect(await ids({ limit: 2, created })).toEqual(['ch_1', 'ch_4']);
    expect(await ids({ limit: 9, created, startingAfter: 'ch_4' })).toEqual(['ch_3', 'ch_2']);
    expect(await ids({ limit: 1, created, endingBefore: 'ch_3' })).toEqual(['ch_4']);
    expect(await ids({ limit: 9, created: { gt: 30 } })).toEqual([]);
  });
});
