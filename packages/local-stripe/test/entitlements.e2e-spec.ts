import type Stripe from 'stripe';
import { BilledCustomer } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('what a customer is entitled to', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const keys = async (customer: string) =>
    (await under.stripe.entitlements.activeEntitlements.list({ customer })).data.map(({ lookup_key }) => lookup_key);

  it('follows from the products of their subscriptions, with an event for each change', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const feature = await under.stripe.entitlements.features.create({ name: 'API', lookup_key: 'api' });
    await expect(under.stripe.entitlements.features.create({ name: 'API', lookup_key: 'api' })).rejects.toMatchObject({
      param: 'lookup_key',
    });
    const price = await under.stripe.prices.retrieve(await customer.price(1000));
    const product = String(price.product);
    const attached = await under.stripe.products.createFeature(product, { entitlement_feature: feature.id });
    expect((await under.stripe.products.listFeatures(product)).data).toEqual([attached]);
    expect(await keys(customer.id)).toEqual([]);

    const subscription = await customer.subscribe(price.id);
    expect(await keys(customer.id)).toEqual(['api']);
    const [entitlement] = (await under.stripe.entitlements.activeEntitlements.list({ customer: customer.id })).data;
    expect(await under.stripe.entitlements.activeEntitlements.retrieve(String(entitlement?.id))).toEqual(entitlement);
    await under.stripe.subscriptions.cancel(subscription.id);
    expect(await keys(customer.id)).toEqual([]);

    const summaries = (await customer.events())
      .filter(({ type }) => type === 'entitlements.active_entitlement_summary.updated')
      .map(({ data }) => data.object as Stripe.Entitlements.ActiveEntitlementSummary);
    expect(summaries.map(({ entitlements }) => entitlements.data.length)).toEqual([1, 0]);
    await under.stripe.products.deleteFeature(product, attached.id);
    expect(await under.stripe.entitlements.features.update(feature.id, { active: false })).toMatchObject({
      active: false,
    });
    expect((await under.stripe.entitlements.features.list({ archived: true })).data.length).toBe(1);
  });
});

describe('a tax id', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  it('is made with a customer or after, listed, and deleted', async () => {
    const customer = await under.stripe.customers.create({
      tax_id_data: [{ type: 'eu_vat', value: 'DE000000000' }],
      expand: ['tax_ids'],
    });
    expect(customer.tax_ids?.data[0]).toMatchObject({ country: 'DE', verification: { status: 'verified' } });
    const made = await under.stripe.customers.createTaxId(customer.id, { type: 'us_ein', value: '12-3456789' });
    expect(made).toMatchObject({ country: 'US', verification: { status: 'unavailable' } });
    expect((await under.stripe.customers.listTaxIds(customer.id)).data.length).toBe(2);
    expect(await under.stripe.customers.deleteTaxId(customer.id, made.id)).toMatchObject({ deleted: true });
    await expect(under.stripe.customers.retrieveTaxId(customer.id, made.id)).rejects.toMatchObject({ statusCode: 404 });

    const own = await under.stripe.taxIds.create({ type: 'eu_vat', value: 'DE123456789' });
    expect((await under.stripe.taxIds.list()).data).toEqual([own]);
    await expect(
      under.stripe.customers.createTaxId(customer.id, { type: 'nonsense', value: '1' }),
    ).rejects.toMatchObject({ param: 'type' });
  });
});
