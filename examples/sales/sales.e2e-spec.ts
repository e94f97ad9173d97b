import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { startShop, type Shop } from '../../test/support/shop.js';
import { eventually } from '../../test/support/eventually.js';
import { migrations } from '../database/migrations/index.js';
import { Sales1800000000000 } from '../database/migrations/1800000000000-sales.js';
import { Sale } from './sale.entity.js';
import { SalesModule } from './sales.module.js';

describe('the table of sales', () => {
  let shop: Shop;
  beforeAll(async () => {
    // What the two lines in migrations/index.ts and app.module.ts do, unless they are there already.
    if (!migrations.includes(Sales1800000000000)) migrations.push(Sales1800000000000);
    shop = await startShop({ modules: [SalesModule] });
  });
  afterAll(() => shop.stop());

  const sales = () => shop.app.get<Repository<Sale>>(getRepositoryToken(Sale), { strict: false }).find();

  it('has one row for each purchase, with the country of the card', async () => {
    await shop.customer().buy();
    const [sale] = await eventually('the event to be handled', async () => (await sales()).length > 0 && sales());
    expect(sale).toMatchObject({ cardCountry: 'US', amount: 1999, currency: 'usd' });
    expect(sale?.chargeId).toMatch(/^ch_/);
  });
});
