import { migrations } from '../../src/database/migrations/index.js';
import { anInvoiceEvent } from '../faults/support/events.js';
import { shopWithCatalog } from '../faults/support/open-payment.js';
import { askForRefunds, sumOf, paymentJson } from '../faults/support/refunding.js';
import { StripeOutside } from '../faults/support/stripe-outside.js';
import { Customer, textOf } from '../support/customer.js';
import { eventually } from '../support/eventually.js';
import { Instances } from './support/instances.js';
import { RoundRobin } from './support/round-robin.js';

const LIMIT = 60;

describe('two instances on one PostgreSQL', () => {
  let balancer: RoundRobin;
  let instances: Instances;
  let stripe: StripeOutside;
  let customer: Customer;
  beforeAll(async () => {
    balancer = await RoundRobin.start();
    instances = await Instances.create(2);
    const shop = { url: balancer.url, folder: instances.first.folder };
    stripe = await StripeOutside.startFor(shop);
    // On an empty database, at the same moment.
    await instances.start({
      ...stripe.settings,
      DOMAIN_URL: balancer.url,
      SESSION_SECRET: 'the same secret in both instances',
      CHECKOUTS_PER_MINUTE: `${LIMIT}`,
    });
    balancer.targets = instances.all.map(({ url }) => url);
    customer = stripe.customer();
  });
  afterAll(async () => {
    await instances.remove();
    await stripe.stop();
    balancer.close();
  });

  it('that booted together on an empty database have migrated it once', async () => {
    const run = await instances.database.rows<{ name: string }>('SELECT name FROM migrations ORDER BY id');
    expect(run.map(({ name }) => name)).toEqual(migrations.map(({ name }) => name));
  });

  it('serve one session, whichever of them each request goes to: from the shop to a refund', async () => {
    await shopWithCatalog(customer);
    const id = await customer.buy();
    expect(textOf(await customer.get(`/success?checkout_sid=${id}`))).toContain('Payment Successful!');
    const answer = await customer.submit(await customer.get('/account'), '/refund', { amount: '500' });
    expect(answer).toMatchObject({ status: 303, location: '/account' });
    expect(textOf(await customer.get('/account'))).toContain('Your refund of $5.00 has been made.');
  });

  it('never refund more than was paid, asked 40 times at once', async () => {
    const id = await customer.buy();
    await customer.get(`/success?checkout_sid=${id}`);
    const answers = await askForRefunds(customer, id, Array(40).fill(150));
    const made = answers.filter(({ status }) => status === 303);
    expect(made).toHaveLength(Math.floor(1999 / 150));
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(40 - made.length);
    expect(sumOf((await paymentJson(instances.first, id)).refunds)).toBe(made.length * 150);
  });

  it('handle the same event once, however often it comes to either', async () => {
    const event = anInvoiceEvent();
    const sent = Array.from({ length: 30 }, (_, nth) =>
      (nth % 2 ? instances.first : instances.second).sender.send(event),
    );
    expect(new Set((await Promise.all(sent)).map(({ status }) => status))).toEqual(new Set([200]));
    await instances.events.is(event.id, 'done');
    expect(await instances.events.effectsOf(event.id)).toEqual(['Counting', 'CountingToo']);
  });

  it('settle a payment once when its success page and its event come to different ones at the same moment', async () => {
    const id = await customer.buy();
    const session = { id, object: 'checkout.session', status: 'complete', payment_status: 'paid', metadata: {} };
    const paid = { ...anInvoiceEvent(), type: 'checkout.session.completed', data: { object: session } };
    await Promise.all([customer.get(`/success?checkout_sid=${id}`), instances.second.sender.send(paid)]);
    await instances.events.is(paid.id, 'done');
    const { history } = await instances.first.cli<{ history: { to: string }[] }>('payments', 'show', id);
    expect(history.map(({ to }) => to)).toEqual(['pending', 'paid']);
  });

  it('are woken by a replay from the command line, whoever is free', async () => {
    const event = anInvoiceEvent();
    await instances.first.sender.send(event);
    await instances.events.is(event.id, 'done');
    await instances.second.cli('events', 'replay', event.id, '--all');
    await eventually('it is done again', async () => (await instances.events.effectsOf(event.id)).length === 4);
  });

  it('count what a user does together', async () => {
    const buyer = new Customer(balancer.url, 'customer@example.com');
    const fields = { _csrf: await buyer.csrf() };
    const answers = await Promise.all(
      Array.from({ length: LIMIT + 2 }, () => buyer.post('/create-checkout-session', fields)),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(2);
    expect(answers.filter(({ status }) => status === 303).length).toBeLessThanOrEqual(LIMIT);
  });
});
