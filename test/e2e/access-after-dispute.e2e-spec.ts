import { Controller, Get, Module } from '@nestjs/common';
import type { CatalogItem } from '../../src/billing/catalog/catalog.js';
import { ownerOf } from '../../src/customers/owner.js';
import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { EntitlementsService } from '../../src/subscriptions/access/entitlements.service.js';
import { RequiresEntitlement } from '../../src/subscriptions/access/requires-entitlement.js';
import { askStripe } from '../support/ask-stripe.js';
import { CARDS, type Customer, textOf } from '../support/customer.js';
import { eventually } from '../support/eventually.js';
import { type Shop, startShop } from '../support/shop.js';

const aPlan = (lookupKey: string, afterDispute: 'keep' | 'revoke'): CatalogItem => ({
  lookupKey,
  productId: lookupKey,
  name: lookupKey,
  description: 'All there is',
  amount: 1500,
  currency: 'usd',
  plan: { interval: 'month', group: lookupKey, features: [lookupKey], settings: { afterDispute } },
});

@Controller('reports')
class Reports {
  @Get()
  @RequiresEntitlement('strict')
  all() {
    return { reports: [] };
  }
}
@Module({ controllers: [Reports] })
class ReportsModule {}

describe('access to a plan whose last invoice is disputed', () => {
  let shop: Shop;
  let jenny: Customer;
  beforeEach(async () => {
    shop = await startShop({ catalog: [aPlan('strict', 'revoke'), aPlan('mild', 'keep')], modules: [ReportsModule] });
    jenny = shop.customer('jenny@example.com');
  });
  afterEach(() => shop.stop());

  const owner = ownerOf({ id: 'jenny@example.com' });
  /** With a card whose bank disputes the payment at once. */
  const subscribe = async (price: string) => {
    const opened = await jenny.post('/create-checkout-session', { _csrf: await jenny.csrf(), price });
    await jenny.payByCard(await jenny.get(opened.location ?? ''), CARDS.disputes);
    const isDisputed = async () => (await shop.app.get(PaymentReader).list({})).payments[0]?.status === 'disputed';
    await eventually('the payment is disputed', isDisputed);
  };
  const reports = () => jenny.get('/reports');

  it('is revoked where the plan says so, and comes back when the dispute is won', async () => {
    await subscribe('strict');
    await eventually('access is gone', async () => !(await shop.app.get(EntitlementsService).has(owner, 'strict')));
    const answer = await reports();
    expect([answer.status, textOf(answer)]).toEqual([403, expect.stringMatching(/disputed/i)]);
    const { data } = await askStripe<{ data: { id: string }[] }>(shop.sandbox.url, '/v1/disputes');
    const evidence = { 'evidence[uncategorized_text]': 'winning_evidence', submit: 'true' };
    await askStripe(shop.sandbox.url, `/v1/disputes/${data[0]?.id}`, evidence);
    await eventually('access is back', async () => (await reports()).status === 200);
  });

  it('is kept where the plan says so', async () => {
    await subscribe('mild');
    expect(await shop.app.get(EntitlementsService).has(owner, 'mild')).toBe(true);
  });
});
