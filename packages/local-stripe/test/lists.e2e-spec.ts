import type Stripe from 'stripe';
import { paidSession } from './support/customer.js';
import { eventually } from './support/eventually.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('what happened in a stretch of time', () => {
  let under: SandboxUnderTest;
  let sessions: Stripe.Checkout.Session[];

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
    sessions = [];
    for (let made = 0; made < 3; made++) sessions.push(await paidSession(under.stripe));
    for (const { payment_intent } of sessions) {
      await under.stripe.refunds.create({ payment_intent: (payment_intent as Stripe.PaymentIntent).id, amount: 1 });
    }
  });
  afterAll(() => under.stop());

  const now = (): number => Math.floor(Date.now() / 1000);

  it.each(['checkout.sessions', 'paymentIntents', 'charges', 'refunds', 'events', 'balanceTransactions'] as const)(
    'is found in %s by creation, page by page',
    async (name) => {
      const { stripe } = under;
      const lists = {
        'checkout.sessions': stripe.checkout.sessions,
        paymentIntents: stripe.paymentIntents,
        charges: stripe.charges,
        refunds: stripe.refunds,
        events: stripe.events,
        balanceTransactions: stripe.balanceTransactions,
      };
      const created = { gte: now() - 3600, lte: now() };
      const ids: string[] = [];
      for await (const { id } of lists[name].list({ created, limit: 2 })) ids.push(id);

      expect(ids.length).toBeGreaterThanOrEqual(3);
      expect(new Set(ids).size).toBe(ids.length);
      expect((await lists[name].list({ created: { gt: now() } })).data).toEqual([]);
      await expect(lists[name].list({ starting_after: 'none_1' })).rejects.toMatchObject({ param: 'starting_after' });
    },
  );

  it('is found in events by type, groups of types, and whether they were delivered', async () => {
    const typesOf = async (params: Stripe.EventListParams): Promise<Set<string>> =>
      new Set((await under.stripe.events.list({ ...params, limit: 100 })).data.map(({ type }) => type));

    const booked = async () => (await typesOf({ type: 'charge.updated' })).size > 0 || undefined;
    await eventually(booked, 'the charges to be booked to the balance');
    expect(await typesOf({ type: 'charge.*' })).toEqual(
      new Set(['charge.succeeded', 'charge.updated', 'charge.refunded']),
    );
    expect(await typesOf({ types: ['refund.created', 'charge.refunded'] })).toEqual(
      new Set(['refund.created', 'charge.refunded']),
    );
    expect(await typesOf({ delivery_success: true })).not.toContain('product.deleted');
    await eventually(
      async () => (await typesOf({ delivery_success: false })).size === 0 || undefined,
      'everything to be delivered',
    );
    await expect(typesOf({ type: 'a.b', types: ['c.d'] })).rejects.toMatchObject({ statusCode: 400 });
  });

  it('is found in sessions by who paid and with which Payment Intent', async () => {
    const { payment_intent, id } = sessions[0] as Stripe.Checkout.Session;
    const byIntent = { payment_intent: (payment_intent as Stripe.PaymentIntent).id };

    expect((await under.stripe.checkout.sessions.list(byIntent)).data).toMatchObject([{ id }]);
    const byEmail = (email: string) => under.stripe.checkout.sessions.list({ customer_details: { email } });
    expect((await byEmail('ada@example.com')).data).toHaveLength(3);
    expect((await byEmail('eve@example.com')).data).toEqual([]);
  });
});
