import { BilledCustomer } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('a discount of a customer', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const update = async (id: string, coupon: string) => under.stripe.customers.update(id, { coupon } as object);
  const percent = (percent_off: number, duration: 'once' | 'forever') =>
    under.stripe.coupons.create({ percent_off, duration });

  it('counts for subscriptions that have none of their own, and is replaced and taken away', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const [twenty, fifty] = [await percent(20, 'forever'), await percent(50, 'forever')];
    expect((await update(customer.id, twenty.id)).discount).toMatchObject({ source: { coupon: twenty.id } });
    await customer.subscribe(1000);
    const own = await percent(10, 'forever');
    await customer.subscribe(1000, { discounts: [{ coupon: own.id }] });
    expect((await customer.invoices()).map(({ total }) => total)).toEqual([800, 900]);

    await update(customer.id, fifty.id);
    await customer.moveTo('2027-07-01 02:00:00');
    expect(
      (await customer.invoices())
        .slice(2)
        .map(({ total }) => total)
        .toSorted(),
    ).toEqual([500, 900]);
    expect(await under.stripe.customers.deleteDiscount(customer.id)).toMatchObject({ deleted: true });
    expect((await under.stripe.customers.retrieve(customer.id)) as object).toMatchObject({ discount: null });
    await expect(under.stripe.customers.deleteDiscount(customer.id)).rejects.toMatchObject({ statusCode: 404 });
    const types = (await customer.events()).map(({ type }) => type).filter((type) => type.includes('.discount.'));
    expect(types).toEqual(['customer.discount.created', 'customer.discount.updated', 'customer.discount.deleted']);
  });

  it('that counts once is gone after the first invoice, and an unknown one is refused', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    await update(customer.id, (await percent(20, 'once')).id);
    await customer.subscribe(1000);
    await customer.moveTo('2027-07-01 02:00:00');
    expect((await customer.invoices()).map(({ total }) => total)).toEqual([800, 1000]);
    await expect(update(customer.id, 'none')).rejects.toMatchObject({ code: 'resource_missing', param: 'coupon' });
  });
});
