import { SandboxUnderTest } from './support/sandbox-under-test.js';

const ACCOUNT = { stripeAccount: 'acct_1ConnectedShop' };

describe('connected accounts', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  it('have objects of their own, which the platform and other accounts do not see', async () => {
    const { stripe } = under;
    const ours = await stripe.customers.create({ email: 'ada@example.com' });
    const theirs = await stripe.customers.create({ email: 'ada@example.com' }, ACCOUNT);

    expect(await stripe.customers.retrieve(theirs.id, {}, ACCOUNT)).toMatchObject({ email: 'ada@example.com' });
    const missing = { statusCode: 404, code: 'resource_missing', param: 'id' };
    await expect(stripe.customers.retrieve(theirs.id)).rejects.toMatchObject(missing);
    await expect(stripe.customers.retrieve(ours.id, {}, ACCOUNT)).rejects.toMatchObject(missing);
    const other = { stripeAccount: 'acct_1AnotherShop' };
    await expect(stripe.customers.update(theirs.id, { name: 'Eve' }, other)).rejects.toMatchObject(missing);

    expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([ours.id]);
    expect((await stripe.customers.list({}, ACCOUNT)).data.map(({ id }) => id)).toEqual([theirs.id]);
    const query = { query: "email:'ada@example.com'" };
    expect((await stripe.customers.search(query, ACCOUNT)).data.map(({ id }) => id)).toEqual([theirs.id]);
  });

  it('are paid for themselves: events, timers and the balance are theirs', async () => {
    const { stripe } = under;
    const intent = await stripe.paymentIntents.create(
      {
        amount: 1999,
        confirm: true,
        currency: 'usd',
        payment_method: 'pm_card_visa',
        return_url: 'https://shop.test/',
      },
      ACCOUNT,
    );
    const { account } = await under.receiver.event('payment_intent.succeeded', intent.id);
    expect(account).toBe(ACCOUNT.stripeAccount);

    await under.sandbox.moveClock(3000);
    expect((await under.receiver.event('charge.updated', String(intent.latest_charge))).account).toBe(
      ACCOUNT.stripeAccount,
    );
    expect((await stripe.balance.retrieve({}, ACCOUNT)).pending).toMatchObject([{ amount: 1911, currency: 'usd' }]);
    expect((await stripe.balance.retrieve()).pending).toMatchObject([{ amount: 0 }]);
  });

  it('clone payment methods of the platform', async () => {
    const { stripe } = under;
    const customer = await stripe.customers.create();
    const original = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    const said = { customer: customer.id, payment_method: original.id };
    const clone = await stripe.paymentMethods.create(said, ACCOUNT);
    expect(clone).toMatchObject({ customer: null, card: { last4: '4242' } });
    expect(clone.id).not.toBe(original.id);
    await expect(stripe.paymentMethods.retrieve(clone.id)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('send their events to endpoints that are made with `connect`', async () => {
    const { stripe, receiver } = under;
    const url = `${receiver.url}/connect`;
    await stripe.webhookEndpoints.create({ connect: true, enabled_events: ['product.created'], url });
    await stripe.webhookEndpoints.create({ enabled_events: ['product.created'], url: `${receiver.url}/own` });
    const theirs = await stripe.products.create({ name: 'Theirs' }, ACCOUNT);
    const ours = await stripe.products.create({ name: 'Ours' });
    const pending = async (id: string, options = {}) => {
      const { data } = await stripe.events.list({ type: 'product.created' }, options);
      return data.find(({ data: about }) => (about.object as { id: string }).id === id);
    };
    expect(await pending(theirs.id, ACCOUNT)).toMatchObject({ account: ACCOUNT.stripeAccount });
    expect(await pending(ours.id)).not.toHaveProperty('account');
    expect(await pending(theirs.id)).toBeUndefined();
  });

  it('have idempotency keys of their own, and names that are valid', async () => {
    const { stripe } = under;
    const key = { idempotencyKey: 'one-key' };
    const ours = await stripe.customers.create({}, key);
    const theirs = await stripe.customers.create({}, { ...key, ...ACCOUNT });
    expect(theirs.id).not.toBe(ours.id);
    await expect(stripe.customers.list({}, { stripeAccount: 'not an account' })).rejects.toMatchObject({
      statusCode: 403,
      code: 'account_invalid',
    });
  });
});
