import { Controller, Get, Injectable, Module } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SessionUser, type User } from '../../src/auth/user.js';
import type { CatalogItem } from '../../src/billing/catalog/catalog.js';
import { ownerOf } from '../../src/customers/owner.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { EntitlementsService } from '../../src/subscriptions/access/entitlements.service.js';
import {
  type EntitlementEvent,
  type EntitlementHandler,
  OnEntitlement,
} from '../../src/subscriptions/access/on-entitlement.js';
import { RequiresEntitlement } from '../../src/subscriptions/access/requires-entitlement.js';
import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { SubscriptionReader } from '../../src/subscriptions/account/subscription-reader.service.js';
import { askStripe } from '../support/ask-stripe.js';
import { type Customer, textOf } from '../support/customer.js';
import { eventually } from '../support/eventually.js';
import { type Shop, startShop } from '../support/shop.js';

const PRO: CatalogItem = {
  lookupKey: 'pro_monthly',
  productId: 'pro',
  name: 'Pro',
  description: 'All there is',
  amount: 1500,
  currency: 'usd',
  plan: { interval: 'month', trialDays: 14, features: ['pro'] },
};
/** Bought once: its form is the one that is sent. */
const BOOK: CatalogItem = {
  lookupKey: 'book',
  productId: 'book',
  name: 'A book',
  description: 'To read',
  amount: 900,
  currency: 'usd',
};
const STRICT: CatalogItem = {
  ...PRO,
  lookupKey: 'strict_monthly',
  productId: 'strict',
  plan: { interval: 'month', group: 'strict', features: ['pro'], settings: { afterRefund: 'revoke' } },
};
const DAY_MS = 86_400_000;

@Controller('reports')
class Reports {
  @Get()
  @RequiresEntitlement('pro')
  all(@SessionUser() user: User) {
    return { reports: `of ${user.id}` };
  }
}
@Module({ controllers: [Reports] })
class ReportsModule {}

/** Each change, in a table of the test's own. */
@Injectable()
@OnEntitlement('granted', 'revoked')
class WriteDown implements EntitlementHandler {
  async apply({ owner, feature, change }: EntitlementEvent, tx: EntityManager): Promise<void> {
    await tx.query('INSERT INTO shelf (entry) VALUES ($1)', [`${owner.id} ${feature} ${change}`]);
  }
}

describe('access to what a plan has', () => {
  let shop: Shop;
  let jenny: Customer;
  beforeEach(async () => {
    shop = await startShop({ catalog: [BOOK, PRO, STRICT], modules: [ReportsModule], handlers: [WriteDown] });
    await shop.app.get(UnitOfWork).run((tx) => tx.query('CREATE TABLE shelf (entry varchar NOT NULL)'));
    jenny = shop.customer('jenny@example.com');
  });
  afterEach(() => shop.stop());

  const subscribe = async (price = 'pro_monthly') => {
    const opened = await jenny.submit(await jenny.get('/'), '/create-checkout-session', { price });
    await jenny.payByCard(await jenny.get(opened.location ?? ''));
    await eventually('access', has);
    const [subscription] = (await shop.app.get(SubscriptionReader).list({})).subscriptions;
    return subscription?.id ?? '';
  };
  const has = () => shop.app.get(EntitlementsService).has(ownerOf({ id: 'jenny@example.com' }), 'pro');
  const reason = async () =>
    (await shop.app.get(EntitlementsService).explain(ownerOf({ id: 'jenny@example.com' }), 'pro')).reason?.key;
  const reports = async () => jenny.get('/reports');
  const shelf = async () => {
    const rows = await shop.app.get(UnitOfWork).run((tx) => tx.query('SELECT entry FROM shelf'));
    return rows.map(({ entry }: { entry: string }) => entry.replace('jenny@example.com pro ', '')).toSorted();
  };

  it('is there in the trial and goes on after it; a failed renewal has its grace, and then ends it without an event', async () => {
    const before = await reports();
    expect([before.status, textOf(before)]).toEqual([403, expect.stringContaining('You find our plans in the shop')]);
    const id = await subscribe();
    expect([(await reports()).status, (await shop.customer('else@example.com').get('/reports')).status]).toEqual([
      200, 403,
    ]);
    await shop.sandbox.moveClock(15 * DAY_MS);
    await eventually('it is paid for', async () => (await reason()) === 'active');
    const { customer } = await askStripe<{ customer: string }>(shop.sandbox.url, `/v1/subscriptions/${id}`);
    const failing = await askStripe<{ id: string }>(
      shop.sandbox.url,
      '/v1/payment_methods/pm_card_chargeCustomerFail/attach',
      { customer },
    );
    await askStripe(shop.sandbox.url, `/v1/subscriptions/${id}`, { default_payment_method: failing.id });
    await shop.sandbox.moveClock(31 * DAY_MS);
    await eventually('the grace', async () => (await reason()) === 'payment_failed');
    expect(await has()).toBe(true);
    await shop.sandbox.moveClock(7 * DAY_MS);
    await eventually('its end', async () => (await reason()) === 'grace_over');
    expect(await shelf()).toEqual(['granted', 'revoked']);
    const answer = await reports();
    expect([answer.status, textOf(answer)]).toEqual([
      403,
      expect.stringMatching(/Your payment failed on .*, and your access ended on \d/),
    ]);
  });

  it('goes with the money where the plan says so: a refund of the invoice revokes it', async () => {
    await subscribe('strict_monthly');
    const paid = async () =>
      (await shop.app.get(PaymentReader).list({})).payments.find(({ status }) => status === 'paid');
    const { paymentIntentId } = await eventually('the payment', paid);
    const refund = { payment_intent: paymentIntentId ?? '' };
    await askStripe(shop.sandbox.url, '/v1/refunds', refund);
    await eventually('it is refunded', async () => (await reason()) === 'refunded');
    expect([await has(), (await reports()).status, await shelf()]).toEqual([false, 403, ['granted', 'revoked']]);
  });

  it('ends when a scheduled end comes, also where no event tells of it', async () => {
    const id = await subscribe();
    await askStripe(shop.sandbox.url, `/v1/subscriptions/${id}`, { cancel_at_period_end: 'true' });
    await eventually('the end is scheduled', async () => (await reason()) === 'ending');
    shop.sandbox.holdWebhooks();
    await shop.sandbox.moveClock(15 * DAY_MS);
    await eventually('it ended', async () => (await reason()) === 'ended');
    shop.sandbox.releaseWebhooks();
    const status = async () => (await shop.app.get(SubscriptionReader).list({})).subscriptions[0]?.status;
    await eventually('it is canceled', async () => (await status()) === 'canceled');
    expect(await shelf()).toEqual(['granted', 'revoked']);
  });
});
