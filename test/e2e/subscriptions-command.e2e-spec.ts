import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { askStripe } from '../support/ask-stripe.js';
import { cliJson, runCli } from '../support/cli.js';
import { type Customer, sessionIdOf } from '../support/customer.js';
import { settingsWithKeys } from '../support/diagnosis.js';
import { eventually } from '../support/eventually.js';
import { type Shop, startShop } from '../support/shop.js';
import { stripeFront } from '../support/stripe-front.js';

const MONTHLY = 'nest_stripe_billing_pro_monthly';
const DAY_MS = 86_400_000;

describe('the command line, for customers and subscriptions', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await startShop();
  });
  afterEach(() => shop.stop());

  const json = (...args: string[]) => cliJson(shop.settings, ...args);
  const subscribe = async (customer: Customer) => {
    const fields = { _csrf: await customer.csrf(), price: MONTHLY };
    const opened = await customer.post('/create-checkout-session', fields);
    sessionIdOf(await customer.payByCard(await customer.get(opened.location ?? '')));
    await eventually('it is heard of', async () => (await json('subscriptions', 'list')).total === 1);
  };

  it('shows one customer for all that somebody buys, once and again and again', async () => {
    const jenny = shop.customer('jenny@example.com');
    await jenny.buy();
    await subscribe(jenny);
    const { customers, total } = await json('customers', 'list');
    expect(total).toBe(1);
    expect(customers[0]).toMatchObject({
      customer: expect.stringMatching(/^cus_/),
      ownerType: 'user',
      ownerId: 'jenny@example.com',
      email: 'jenny@example.com',
      deletedAt: null,
    });
    expect(await json('customers', 'show', customers[0].customer)).toEqual(customers[0]);
    const { data } = await askStripe<{ data: { id: string }[] }>(shop.sandbox.url, '/v1/customers');
    expect(data).toMatchObject([{ id: customers[0].customer }]);
    const changed = { email: 'New@example.com', name: 'Jenny' };
    await askStripe(shop.sandbox.url, `/v1/customers/${data[0]?.id}`, changed);
    await eventually('the change is here', async () => (await json('customers', 'list')).customers[0].name === 'Jenny');
    expect((await json('customers', 'list')).customers[0].email).toBe('new@example.com');
    expect((await runCli(shop.settings, ['customers', 'show', 'nobody'])).status).toBe(1);
  });

  it('lists, shows and ends subscriptions', async () => {
    await subscribe(shop.customer('jenny@example.com'));
    const { subscriptions } = await json('subscriptions', 'list');
    const [subscription] = subscriptions;
    expect(subscription).toMatchObject({
      customer: expect.stringMatching(/^cus_/),
      userId: 'jenny@example.com',
      email: 'jenny@example.com',
      ownerType: 'user',
      plan: MONTHLY,
      group: 'main',
      quantity: 1,
      status: 'trialing',
      access: true,
      accessReason: 'trial',
      items: [{ plan: MONTHLY, quantity: 1, unitAmount: 1500, currency: 'usd', interval: 'month', intervalCount: 1 }],
      cancelAt: null,
      trialEnd: expect.stringMatching(/^\d{4}-.*Z$/),
      history: [{ from: null, to: 'trialing', cause: expect.stringMatching(/^evt_|success page/) }],
    });
    const shown = await json('subscriptions', 'show', subscription.id);
    expect(shown).toMatchObject({ ...subscription, failingReads: [] });
    expect(shown.invoices).toMatchObject([{ status: 'paid', amountDue: 0, currency: 'usd', paymentId: null }]);
    expect((await json('customers', 'list')).customers).toMatchObject([
      { customer: subscription.customer, subscriptions: [{ id: subscription.id, status: 'trialing' }] },
    ]);
    await shop.app
      .get(UnitOfWork)
      .run((tx) =>
        tx.query("UPDATE stripe_reads SET attempts = 3, last_error = 'Grant failed' WHERE kind = 'subscription'"),
      );
    expect(await json('subscriptions', 'show', subscription.id)).toMatchObject({
      failingReads: [{ kind: 'subscription', id: subscription.id, attempts: 3, error: 'Grant failed' }],
    });
    const { out } = await runCli(shop.settings, ['subscriptions', 'list']);
    expect(out).toContain('1 subscriptions and invoices could not be read or stored');
    const ending = await json('subscriptions', 'cancel', subscription.id, '--at-period-end');
    expect(ending).toMatchObject({ outcome: 'ending', subscription: { cancelAt: subscription.trialEnd } });
    expect(ending.subscription.email).toBe('jenny@example.com');
    const ended = await json('subscriptions', 'cancel', subscription.id);
    expect(ended).toMatchObject({ outcome: 'canceled', subscription: { status: 'canceled' } });
    expect(ended.subscription.history.at(-1)).toMatchObject({
      to: 'canceled',
      actor: expect.stringMatching(/^command line \(\w.*\)$/),
    });
    const again = await runCli(shop.settings, ['subscriptions', 'cancel', subscription.id]);
    expect(again.status).toBe(1);
    expect((await runCli(shop.settings, ['subscriptions', 'show', 'sub_none'])).status).toBe(1);
  });

  it('erases a customer once no subscription is live, here and at Stripe', async () => {
    await subscribe(shop.customer('jenny@example.com'));
    const [{ id, customer }] = (await json('customers', 'list')).customers;
    const refused = await runCli(shop.settings, ['customers', 'erase', id]);
    expect([refused.status, refused.err]).toEqual([
      1,
      expect.stringMatching(/Nothing is erased: .* subscription sub_/),
    ]);
    await json('subscriptions', 'cancel', (await json('subscriptions', 'list')).subscriptions[0].id);
    expect(await json('customers', 'erase', 'jenny@example.com')).toEqual({ outcome: 'erased', customers: [id] });
    expect(await json('customers', 'show', id)).toMatchObject({ email: '', name: null, customer });
    expect(await askStripe(shop.sandbox.url, `/v1/customers/${customer}`)).toMatchObject({ deleted: true });
    expect((await runCli(shop.settings, ['customers', 'erase', 'nobody'])).status).toBe(1);
  });

  it('finds what was lost, names why, and repairs it', async () => {
    await subscribe(shop.customer());
    const since = ['--since', '90d'];
    await eventually('all is as at Stripe', async () => (await json('reconcile', ...since)).remaining === 0);
    shop.sandbox.injectFault({ fault: 'lost', times: 1_000 });
    const { subscriptions } = await json('subscriptions', 'list');
    const [{ id }] = subscriptions;
    await askStripe(shop.sandbox.url, `/v1/subscriptions/${id}`, { cancel_at_period_end: 'true' });
    await shop.sandbox.moveClock(DAY_MS);
    const { differences, remaining } = await json('reconcile', ...since);
    expect(remaining).toBe(1);
    expect(differences).toMatchObject([
      { kind: 'subscription', id, says: 'trialing', cause: 'the event of its last change has not come in' },
    ]);
    expect(await json('reconcile', ...since, '--repair')).toMatchObject({ remaining: 0 });
    expect((await json('subscriptions', 'show', id)).cancelAt).not.toBeNull();
  });

  it('goes on where one kind cannot be compared, says so, and exits with 1', async () => {
    await subscribe(shop.customer());
    const front = await stripeFront(shop.sandbox.port, ({ method, url = '' }, answer) =>
      method === 'GET' && url.startsWith('/v1/customers')
        ? {
            ...answer,
            status: 403,
            body: JSON.stringify({ error: { type: 'invalid_request_error', message: 'No right' } }),
          }
        : answer,
    );
    const settings = settingsWithKeys(shop, { STRIPE_API_BASE: front.url });
    await eventually('all is as at Stripe', async () => (await json('reconcile', '--since', '90d')).remaining === 0);
    const { status, out } = await runCli(settings, ['reconcile', '--since', '90d', '--json']);
    front.close();
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      remaining: 0,
      errors: [{ what: 'customers', error: expect.stringContaining('No right') }],
    });
    expect(JSON.parse(out).checked).toBeGreaterThan(1);
  });
});
