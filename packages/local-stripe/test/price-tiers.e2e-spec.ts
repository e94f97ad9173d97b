import type Stripe from 'stripe';
import { BilledCustomer, lineAmounts } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const TIERS: Stripe.PriceCreateParams.Tier[] = [
  { up_to: 5, unit_amount: 700 },
  { up_to: 'inf', unit_amount: 600 },
];

describe('a price with tiers', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const make = (tiers_mode: 'graduated' | 'volume', more: object = {}) =>
    under.stripe.prices.create({
      billing_scheme: 'tiered',
      currency: 'usd',
      product_data: { name: 'Seats' },
      recurring: { interval: 'month' },
      tiers: TIERS,
      tiers_mode,
      ...more,
    });

  it('shows its tiers where they are expanded, and nowhere else', async () => {
    const made = await make('volume');
    expect(made).toMatchObject({ billing_scheme: 'tiered', tiers_mode: 'volume', unit_amount: null });
    expect(Object.keys(made).filter((name) => name.startsWith('tier'))).toEqual(['tiers_mode']);
    const { tiers } = await under.stripe.prices.retrieve(made.id, { expand: ['tiers'] });
    expect(tiers).toMatchObject([
      { unit_amount: 700, up_to: 5, flat_amount: null },
      { unit_amount: 600, up_to: null },
    ]);
  });

  it.each([
    ['graduated', 4100, 5300],
    ['volume', 3600, 4800],
  ] as const)('%s: is billed, prorated and renewed by its tiers', async (mode, six, eight) => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id: price } = await make(mode);
    const { id, items } = await under.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price, quantity: 6 }],
    });
    expect((await customer.invoices())[0]).toMatchObject({ total: six, status: 'paid' });
    await customer.moveTo('2027-06-16 00:00:00');
    await under.stripe.subscriptions.update(id, {
      items: [{ id: String(items.data[0]?.id), quantity: 8 }],
      proration_behavior: 'always_invoice',
    });
    expect(lineAmounts((await customer.invoices())[1] as Stripe.Invoice)).toEqual([-six / 2, eight / 2]);
    await customer.moveTo('2027-07-01 02:00:00');
    expect((await customer.invoices())[2]).toMatchObject({ total: eight, status: 'paid' });
    const events = await customer.events();
    expect(JSON.stringify(events)).not.toContain('tier_table');
  });

  it('is sold on Checkout', async () => {
    const { id: price } = await make('graduated');
    const session = await under.stripe.checkout.sessions.create({
      mode: 'subscription',
      success_url: 'http://shop.test/',
      line_items: [{ price, quantity: 6 }],
    });
    expect(session.amount_total).toBe(4100);
  });

  it.each([
    ['without a last tier', { tiers: [{ up_to: 5, unit_amount: 1 }] }, 'tiers'],
    [
      'that do not ascend',
      { tiers: [{ up_to: 5, unit_amount: 1 }, { up_to: 5, unit_amount: 1 }, ...TIERS.slice(1)] },
      'tiers[1][up_to]',
    ],
    ['with an amount', { unit_amount: 5 }, 'unit_amount'],
    ['of a price per unit', { billing_scheme: 'per_unit' }, 'tiers'],
  ])('refuses tiers %s', async (_, wrong, param) => {
    await expect(make('volume', wrong)).rejects.toMatchObject({ statusCode: 400, param });
  });
});
