import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { anEvent } from '../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../test/support/testing-app.js';
import { migrations } from '../database/migrations/index.js';
import { Sales1800000000000 } from '../database/migrations/1800000000000-sales.js';
import type { StripeEventOf } from '../webhook/index.js';
import { Sale } from './sale.entity.js';
import { SalesModule } from './sales.module.js';

type Charge = StripeEventOf<'charge.succeeded'>['data']['object'];

const byBankDebit = { id: 'py_1', amount_captured: 500, currency: 'eur', created: 1_795_000_000 } as Charge;

describe('a charge that succeeded', () => {
  let app: TestingApp;
  beforeAll(async () => {
    if (!migrations.includes(Sales1800000000000)) migrations.push(Sales1800000000000); // the line in migrations/index.ts
    app = await testingApp([], {}, [SalesModule]);
  });
  afterAll(() => app.close());

  const sales = () => app.module.get<Repository<Sale>>(getRepositoryToken(Sale), { strict: false }).find();

  it('is one sale, however often its event is handled, of an unknown country where it was not paid by card', async () => {
    await app.handle(anEvent('charge.succeeded', byBankDebit));
    await app.handle(anEvent('charge.succeeded', byBankDebit));
    expect(await sales()).toMatchObject([{ chargeId: 'py_1', cardCountry: null, amount: 500, currency: 'eur' }]);
  });
});
