import { jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { giveFeatures, takeFeatures } from '../../../test/support/entitlements.js';
import { day, START } from '../../../test/support/subscription-facts.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { CATALOG, type CatalogItem } from '../../billing/catalog/catalog.js';
import type { Owner } from '../../customers/owner.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { Clock } from '../../time/clock.js';
import type { SubscriptionStatus } from '../state/subscription-facts.js';
import type { NewSnapshot, SubscriptionUpdate } from '../store/subscription-row.js';
import { SubscriptionStore } from '../store/subscription-store.service.js';
import { AccessTimer } from './access-timer.service.js';
import { CatalogAccess } from './catalog-access.service.js';
import { EntitlementsService } from './entitlements.service.js';
import { type EntitlementEvent, type EntitlementHandler, OnEntitlement } from './on-entitlement.js';

const PRO: CatalogItem = {
  lookupKey: 'pro_monthly',
  productId: 'pro',
  name: 'Pro',
  description: 'All there is',
  amount: 1500,
  currency: 'usd',
  plan: { interval: 'month', features: ['pro', 'export'] },
};
const TEAM: CatalogItem = {
  ...PRO,
  lookupKey: 'team',
  productId: 'team',
  plan: { interval: 'month', group: 'team', features: ['pro'] },
};

let broken = false;

@Injectable()
@OnEntitlement('granted', 'revoked')
class Shelf implements EntitlementHandler {
  async apply({ owner, feature, change, seq, at }: EntitlementEvent, tx: EntityManager): Promise<void> {
    const entry = `${owner.id} ${feature} ${change} ${seq} ${at.toISOString().slice(0, 10)}`;
    await tx.query('INSERT INTO shelf (entry) VALUES ($1)', [entry]);
    if (broken) throw new Error('half-way');
  }
}

const jenny: Owner = { type: 'user', id: 'jenny' };
const club: Owner = { type: 'organisation', id: 'jenny' };

describe('what an owner may do', () => {
  let app: TestingApp;
  beforeEach(async () => {
    broken = false;
    app = await testingApp([Shelf], {}, [], (builder) => builder.overrideProvider(CATALOG).useValue([PRO, TEAM]));
    await get(UnitOfWork).run((tx) => tx.query('CREATE TABLE shelf (entry varchar NOT NULL)'));
    at(START);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    return app.close();
  });

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });
  const at = (time: Date) => {
    get(Clock).now = () => time;
  };
  const has = (feature = 'pro', owner = jenny) => get(EntitlementsService).has(owner, feature);
  const shelf = async () => {
    const rows = await get(UnitOfWork).run((tx) => tx.query('SELECT entry FROM shelf ORDER BY rowid'));
    return rows.map(({ entry }: { entry: string }) => entry);
  };
  const store = ({ id = 'sub_1', facts = {}, ...more }: Partial<SubscriptionUpdate>) =>
    get(UnitOfWork).run((tx) =>
      get(SubscriptionStore).add(tx, {
        id,
        cause: 'evt_1',
        at: get(Clock).now(),
        ...more,
        facts: { owner: jenny, ...facts },
      }),
    );
  const isIn = (stripeStatus: SubscriptionStatus, changes: Partial<NewSnapshot> = {}, id = 'sub_1', owner = jenny) =>
    store({ id, facts: { owner }, snapshot: snapshot({ stripeStatus, snapshotAt: get(Clock).now(), ...changes }) });

  it('is what the plans of their subscriptions have, and organisations are not users of the same id', async () => {
    expect(await has()).toBe(false);
    await isIn('active');
    expect([await has(), await has('export'), await has('else'), await has('pro', club)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    await isIn('active', { items: [{ ...ITEM, id: 'si_2', planKey: 'team' }] }, 'sub_2', club);
    expect([await has('pro', club), await has('export', club)]).toEqual([true, false]);
    expect(await get(EntitlementsService).explain(jenny, 'pro')).toMatchObject({
      granted: true,
      reason: { key: 'active' },
      until: null,
      subscriptionId: 'sub_1',
    });
  });

  it('is not revoked by an old event after the time has passed: Stripe is read first', async () => {
    await isIn('trialing', { trialEnd: day(14) });
    at(day(20)); // the app was down; the trial was paid for meanwhile
    await store({ cause: 'an invoice' });
    expect([await has(), await shelf()]).toEqual([false, [expect.any(String), expect.any(String)]]);
    await isIn('active', { trialEnd: day(14) });
    expect([await has(), (await shelf()).length]).toEqual([true, 2]);
  });

  it('is revoked once Stripe was read after the time has passed', async () => {
    await isIn('trialing', { trialEnd: day(14) });
    at(day(20));
    await isIn('unpaid', { trialEnd: day(14) });
    expect((await shelf()).slice(2)).toEqual(['jenny export revoked 2 2027-01-30', 'jenny pro revoked 2 2027-01-30']);
  });

  it('is granted and revoked once, however often the same is heard', async () => {
    for (const status of ['incomplete', 'active', 'active', 'active'] as const) await isIn(status);
    await store({ facts: { endedAt: day(3), endedStatus: 'canceled' }, at: day(3) });
    await store({ facts: { endedAt: day(3), endedStatus: 'canceled' }, at: day(4) });
    await isIn('active');
    expect(await shelf()).toEqual(
      ['granted 1 2027-01-10', 'revoked 2 2027-01-13']
        .flatMap((entry) => ['export', 'pro'].map((feature) => [feature, entry]))
        .map(([feature, entry]) => `jenny ${feature} ${entry}`),
    );
    expect(await has()).toBe(false);
    const history = await get(EntitlementsService).history(jenny);
    expect(history.map(({ feature, change, cause }) => [feature, change, cause])).toEqual([
      ['export', 'granted', 'evt_1'],
      ['export', 'revoked', 'evt_1'],
      ['pro', 'granted', 'evt_1'],
      ['pro', 'revoked', 'evt_1'],
    ]);
  });

  it('stays as long as one of two subscriptions gives it', async () => {
    await isIn('active', { cancelAt: day(5) });
    await isIn('active', { cancelAt: day(9), items: [{ ...ITEM, id: 'si_2', planKey: 'team' }] }, 'sub_2');
    at(day(6));
    expect([await has(), await has('export')]).toEqual([true, false]);
    await get(AccessTimer).runDue();
    at(day(9));
    expect(await has()).toBe(false);
    await get(AccessTimer).runDue();
    expect((await shelf()).slice(2)).toEqual(['jenny export revoked 2 2027-01-15', 'jenny pro revoked 2 2027-01-19']);
  });

  it('ends by the passing of time alone: once, at the time it was to end, and only where it is due', async () => {
    await isIn('past_due', { snapshotAt: START });
    await isIn('active', { items: [{ ...ITEM, id: 'si_2' }] }, 'sub_2', club);
    expect(await get(AccessTimer).runDue()).toBe(0);
    at(day(30));
    expect([await has(), await has('pro', club)]).toEqual([false, true]); // before the timer ran
    expect([await get(AccessTimer).runDue(), await get(AccessTimer).runDue()]).toEqual([1, 0]);
    expect((await shelf()).filter((entry: string) => entry.includes('revoked'))).toEqual([
      'jenny export revoked 2 2027-01-17',
      'jenny pro revoked 2 2027-01-17',
    ]);
    expect(await get(EntitlementsService).explain(jenny, 'pro')).toMatchObject({
      reason: { key: 'grace_over', at: START },
    });
  });

  it('waits for the read at the end of a trial, without a gap for who goes on', async () => {
    await isIn('trialing', { trialEnd: day(14) });
    at(new Date(+day(14) + 60_000));
    app.stripeSubscriptions.findSubscription.mockRejectedValue(
      new StripeUnavailableError('subscriptions.retrieve', 'away'),
    );
    expect([await has(), await get(AccessTimer).runDue(), await has()]).toEqual([true, 1, true]);
    expect(app.stripeSubscriptions.findSubscription).toHaveBeenCalledWith('sub_1');
    await isIn('active', { trialEnd: day(14) });
    at(day(60));
    expect([await get(AccessTimer).runDue(), await has()]).toEqual([0, true]);
    expect(await shelf()).toHaveLength(2);
  });

  it('is not revoked by the time while Stripe is away for a moment, but after ten minutes without an answer', async () => {
    const later = jest.spyOn(performance, 'now');
    const began = performance.now();
    const { findSubscription } = app.stripeSubscriptions;
    await isIn('active', { cancelAt: day(5) });
    at(day(6));
    findSubscription.mockRejectedValue(new StripeUnavailableError('subscriptions.retrieve', 'away'));
    expect([await get(AccessTimer).runDue(), await has()]).toEqual([0, false]);
    later.mockReturnValue(began + 60_000);
    expect(await get(AccessTimer).runDue()).toBe(0);
    expect([findSubscription.mock.calls.length, await shelf()]).toEqual([2, GRANTED]);
    later.mockReturnValue(began + 700_000);
    expect([await get(AccessTimer).runDue(), (await shelf()).length]).toEqual([1, 4]);
  });

  it('follows the catalog: what was derived with another one is derived again after the start, once', async () => {
    await isIn('active');
    const stale = "UPDATE subscriptions SET derived_by = 'another'";
    await get(UnitOfWork).run((tx) => tx.query(stale));
    for (const table of ['entitlements', 'entitlement_changes'])
      await get(UnitOfWork).run((tx) => tx.query(`UPDATE ${table} SET feature = 'old' WHERE feature = 'export'`));
    expect([await get(CatalogAccess).refresh(), await get(CatalogAccess).refresh()]).toEqual([1, 0]);
    expect([await has('export'), await has('old'), await has()]).toEqual([true, false, true]);
    expect((await shelf()).slice(2)).toEqual(['jenny export granted 1 2027-01-10', 'jenny old revoked 2 2027-01-10']);
    expect((await get(EntitlementsService).explain(jenny, 'old')).reason?.key).toBe('not_in_plan');
  });

  it('is given and taken by a test without a subscription', async () => {
    await giveFeatures(app.module, jenny, ['pro'], day(1));
    expect([await has(), await has('export')]).toEqual([true, false]);
    await takeFeatures(app.module, jenny);
    expect([await has(), await shelf()]).toEqual([
      false,
      ['jenny pro granted 1 2027-01-10', 'jenny pro revoked 2 2027-01-10'],
    ]);
  });

  it('and the subscription are stored together or not at all: a handler that throws is tried again', async () => {
    broken = true;
    await expect(isIn('active')).rejects.toThrow(
      'Shelf failed on export (granted) of user:jenny, which stays as it was',
    );
    expect([await has(), await shelf()]).toEqual([false, []]);
    broken = false;
    await isIn('active', { cancelAt: day(5) });
    expect(await has()).toBe(true);
    at(day(5));
    broken = true;
    expect(await get(AccessTimer).runDue()).toBe(0);
    expect(await shelf()).toHaveLength(2);
    expect(await has()).toBe(false); // the passing of time needs no handler
  });
});

const GRANTED = ['jenny export granted 1 2027-01-10', 'jenny pro granted 1 2027-01-10'];

const ITEM = {
  id: 'si_1',
  planKey: 'pro_monthly',
  priceId: 'price_1',
  productId: 'pro',
  quantity: 1,
  unitAmount: 1500,
  currency: 'usd',
  interval: 'month',
  intervalCount: 1,
  currentPeriodStart: START,
  currentPeriodEnd: day(31),
};

const snapshot = (changes: Partial<NewSnapshot>): NewSnapshot => ({
  stripeCustomerId: 'cus_1',
  planGroup: 'main',
  stripeStatus: 'active',
  provisional: false,
  snapshotAt: START,
  cancelAt: null,
  cancelAtPeriodEnd: false,
  canceledAt: null,
  trialEnd: null,
  currentPeriodStart: START,
  currentPeriodEnd: day(31),
  latestInvoiceId: null,
  defaultPaymentMethod: null,
  collectionMethod: null,
  billingMode: 'flexible',
  pausedReason: null,
  pauseCollection: null,
  pauseResumesAt: null,
  pendingUpdateExpiresAt: null,
  scheduleId: null,
  currency: 'usd',
  items: [ITEM],
  ...changes,
});
