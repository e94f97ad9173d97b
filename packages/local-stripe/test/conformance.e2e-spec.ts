import Stripe from 'stripe';
import { openSession, paidSession } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

/** What every object of Stripe's says of itself. */
interface ApiObject {
  id: string;
  object: string;
  created?: number;
  livemode?: boolean;
  metadata?: Stripe.Metadata | null;
}

interface List {
  object: 'list';
  url: string;
  has_more: boolean;
  data: ApiObject[];
}

/** A resource as the SDK has it: whatever of this Stripe does not offer is left out. */
interface Resource {
  name: string;
  object: string;
  make(): Promise<ApiObject>;
  retrieve(id: string): Promise<ApiObject>;
  update?(id: string, params: { metadata: Stripe.MetadataParam | '' }): Promise<ApiObject>;
  list(params: Stripe.PaginationParams): Promise<List>;
  remove?(id: string): Promise<{ id: string; deleted: true }>;
}

describe('every resource, through the real SDK', () => {
  let under: SandboxUnderTest;
  let customer: string;
  const resources: Resource[] = [];

  const paid = async (card?: string): Promise<Stripe.PaymentIntent> =>
    (await paidSession(under.stripe, card)).payment_intent as Stripe.PaymentIntent;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
    const { stripe } = under;
    customer = (await stripe.customers.create({ name: 'Ada' })).id;
    resources.push(
      {
        name: 'products',
        object: 'product',
        make: () => stripe.products.create({ name: 'A' }),
        retrieve: (id) => stripe.products.retrieve(id),
        update: (id, params) => stripe.products.update(id, params),
        list: (params) => stripe.products.list(params),
        remove: (id) => stripe.products.del(id),
      },
      {
        name: 'prices',
        object: 'price',
        make: () => stripe.prices.create({ currency: 'usd', unit_amount: 100, product_data: { name: 'A' } }),
        retrieve: (id) => stripe.prices.retrieve(id),
        update: (id, params) => stripe.prices.update(id, params),
        list: (params) => stripe.prices.list(params),
      },
      {
        name: 'customers',
        object: 'customer',
        make: () => stripe.customers.create({ email: 'ada@example.com' }),
        retrieve: (id) => stripe.customers.retrieve(id),
        update: (id, params) => stripe.customers.update(id, params),
        list: (params) => stripe.customers.list(params),
        remove: (id) => stripe.customers.del(id),
      },
      {
        name: 'payment methods',
        object: 'payment_method',
        make: () => stripe.paymentMethods.attach('pm_card_visa', { customer }),
        retrieve: (id) => stripe.paymentMethods.retrieve(id),
        update: (id, params) => stripe.paymentMethods.update(id, params),
        list: (params) => stripe.paymentMethods.list({ ...params, customer }),
      },
      {
        name: 'Checkout Sessions',
        object: 'checkout.session',
        make: () => openSession(stripe),
        retrieve: (id) => stripe.checkout.sessions.retrieve(id),
        list: (params) => stripe.checkout.sessions.list(params),
      },
      {
        name: 'payment links',
        object: 'payment_link',
        make: () =>
          stripe.paymentLinks.create({
            line_items: [
              { price_data: { currency: 'usd', unit_amount: 50, product_data: { name: 'A' } }, quantity: 1 },
            ],
          }),
        retrieve: (id) => stripe.paymentLinks.retrieve(id),
        list: (params) => stripe.paymentLinks.list(params),
      },
      {
        name: 'Payment Intents',
        object: 'payment_intent',
        make: () => stripe.paymentIntents.create({ amount: 500, currency: 'usd' }),
        retrieve: (id) => stripe.paymentIntents.retrieve(id),
        update: (id, params) => stripe.paymentIntents.update(id, params),
        list: (params) => stripe.paymentIntents.list(params),
      },
      {
        name: 'charges',
        object: 'charge',
        make: async () => (await paid()).latest_charge as Stripe.Charge,
        retrieve: (id) => stripe.charges.retrieve(id),
        update: (id, params) => stripe.charges.update(id, params),
        list: (params) => stripe.charges.list(params),
      },
      {
        name: 'refunds',
        object: 'refund',
        make: async () => stripe.refunds.create({ payment_intent: (await paid()).id }),
        retrieve: (id) => stripe.refunds.retrieve(id),
        update: (id, params) => stripe.refunds.update(id, params),
        list: (params) => stripe.refunds.list(params),
      },
      {
        name: 'disputes',
        object: 'dispute',
        make: async () => {
          const { id } = await paid('4000 0000 0000 0259');
          return (await stripe.disputes.list({ payment_intent: id })).data[0] as Stripe.Dispute;
        },
        retrieve: (id) => stripe.disputes.retrieve(id),
        update: (id, params) => stripe.disputes.update(id, params),
        list: (params) => stripe.disputes.list(params),
      },
      {
        name: 'early fraud warnings',
        object: 'radar.early_fraud_warning',
        make: async () => {
          const { id } = await paid('4000 0000 0000 5423');
          const { data } = await stripe.radar.earlyFraudWarnings.list({ payment_intent: id });
          return data[0] as Stripe.Radar.EarlyFraudWarning;
        },
        retrieve: (id) => stripe.radar.earlyFraudWarnings.retrieve(id),
        list: (params) => stripe.radar.earlyFraudWarnings.list(params),
      },
      {
        name: 'balance transactions',
        object: 'balance_transaction',
        make: async () => {
          const { id } = await paid();
          await under.sandbox.moveClock(3000);
          const { latest_charge } = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
          return stripe.balanceTransactions.retrieve(String((latest_charge as Stripe.Charge).balance_transaction));
        },
        retrieve: (id) => stripe.balanceTransactions.retrieve(id),
        list: (params) => stripe.balanceTransactions.list(params),
      },
      {
        name: 'events',
        object: 'event',
        make: async () => {
          await stripe.products.create({ name: 'A' });
          return (await stripe.events.list({ limit: 1 })).data[0] as Stripe.Event;
        },
        retrieve: (id) => stripe.events.retrieve(id),
        list: (params) => stripe.events.list(params),
      },
      {
        name: 'webhook endpoints',
        object: 'webhook_endpoint',
        make: () =>
          stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/webhook', enabled_events: ['invoice.paid'] }),
        retrieve: (id) => stripe.webhookEndpoints.retrieve(id),
        update: (id, params) => stripe.webhookEndpoints.update(id, params),
        list: (params) => stripe.webhookEndpoints.list(params),
        remove: (id) => stripe.webhookEndpoints.del(id),
      },
    );
  });
  afterAll(() => under.stop());

  /** One after the other: the first that fails is named. */
  const each = async (check: (resource: Resource) => Promise<void>): Promise<void> => {
    for (const resource of resources) {
      try {
        await check(resource);
      } catch (error) {
        throw new Error(`${resource.name}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    }
  };

  it('is made, and found again as it was made', () =>
    each(async ({ object, make, retrieve }) => {
      const made = await make();
      const { created = 0, livemode = false } = made;

      expect(made).toMatchObject({ id: expect.stringMatching(/^[a-z]+_[A-Za-z0-9_]{10,}$/), object });
      expect([livemode, Number.isInteger(created)]).toEqual([false, true]);
      expect(await retrieve(made.id)).toMatchObject({ id: made.id, object });
    }));

  it('is missing under another id, which the SDK throws as its typed error', () =>
    each(async ({ object, retrieve }) => {
      const error = await retrieve('nothing_0').catch((caught: unknown) => caught);

      expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
      expect(error).toMatchObject({
        statusCode: 404,
        code: 'resource_missing',
        // Of a Checkout Session Stripe names none.
        ...(object !== 'checkout.session' && { param: expect.any(String) }),
        requestId: expect.stringMatching(/^req_/),
        message: expect.stringContaining("'nothing_0'"),
      });
    }));

  it('merges metadata, unsets a key by an empty value, and all of it by an empty string', () =>
    each(async ({ make, update }) => {
      if (!update) return;
      const { id } = await make();

      await update(id, { metadata: { a: '1', b: '2' } });
      expect((await update(id, { metadata: { a: '', c: '3' } })).metadata).toEqual({ b: '2', c: '3' });
      expect((await update(id, { metadata: '' })).metadata).toEqual({});
      await expect(update('nothing_0', { metadata: {} })).rejects.toMatchObject({ code: 'resource_missing' });
      const tooLong = { metadata: { ['k'.repeat(41)]: 'v' } };
      await expect(update(id, tooLong)).rejects.toMatchObject({ type: 'StripeInvalidRequestError' });
    }));

  it('is listed newest first, by pages, and not for wrong parameters', () =>
    each(async ({ list, make }) => {
      const older = await make();
      const newer = await make();
      const first = await list({ limit: 1 });

      expect(first).toMatchObject({ object: 'list', has_more: true, url: expect.stringMatching(/^\/v1\//) });
      expect(first.data.map(({ id }) => id)).toEqual([newer.id]);
      const next = await list({ starting_after: newer.id, limit: 100 });
      expect(next.data.map(({ id }) => id)).toContain(older.id);
      expect((await list({ ending_before: older.id })).data.map(({ id }) => id)).toContain(newer.id);
      await expect(list({ limit: 101 })).rejects.toMatchObject({ statusCode: 400, param: 'limit' });
      const unknown: Stripe.PaginationParams & { colour: string } = { colour: 'red' };
      await expect(list(unknown)).rejects.toMatchObject({ code: 'parameter_unknown', param: 'colour' });
    }));

  it('is deleted where Stripe deletes, and then gone', () =>
    each(async ({ list, make, remove }) => {
      if (!remove) return;
      const { id, object } = await make();

      expect(await remove(id)).toMatchObject({ id, object, deleted: true });
      await expect(remove(id)).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' });
      expect((await list({ limit: 100 })).data.map((left) => left.id)).not.toContain(id);
    }));
});
