import { cliJson, runCli } from '../support/cli.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';
import { WebhookSender } from '../support/webhook-sender.js';

/** Changes the colour, goes back to the line's start, begins another line, turns the text around. */
const STEERING = '\u001b[2m\r\nforged line\u009b31m\u007f\u202e\u2066\u2028';

/** What a terminal obeys, but for the end of a line. */
const STEERS = /(?!\n)[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;

describe('what others wrote, on the terminal of who runs the shop', () => {
  let shop: Shop;
  const event = anEvent(`customer.created${STEERING}` as 'customer.created', {} as never);
  beforeAll(async () => {
    shop = await startShop({ settings: { PAYMENT_LINKS: 'plink_1' } });
    const sender = new WebhookSender(shop.url, shop.sandbox.webhookSecret);
    expect((await sender.send(event)).status).toBe(200);
    const session = {
      id: 'cs_test_steering',
      object: 'checkout.session',
      mode: 'payment',
      status: 'complete',
      payment_status: 'paid',
      amount_total: 1999,
      currency: 'usd',
      created: 1_795_000_000,
      client_reference_id: null,
      metadata: {},
      payment_link: 'plink_1',
      payment_intent: 'pi_steering',
      customer_details: { email: `customer${STEERING}@example.com` },
    };
    await sender.send(anEvent('checkout.session.completed', session as never));
    await eventually('it is there', async () => (await cliJson(shop.settings, 'payments', 'list')).total === 1);
  });
  afterAll(() => shop.stop());

  it.each([
    ['events', 'list'],
    ['payments', 'list'],
  ])('is shown escaped by %s %s, and begins no line [S12]', async (...args) => {
    for (const how of [[], ['--json']]) {
      const { out, status } = await runCli(shop.settings, [...args, ...how]);
      expect(status).toBe(0);
      expect(out).not.toMatch(STEERS);
      expect(out).toContain('\\u001b[2m\\r\\nforged line\\u009b31m\\u007f\\u202e\\u2066\\u2028');
      expect(out).not.toMatch(/^\s*forged/m);
    }
  });

  it('is the same in the JSON document as it came [S12]', async () => {
    expect(await cliJson(shop.settings, 'events', 'show', event.id)).toMatchObject({ type: event.type });
  });

  it('is escaped on standard error too [S12]', async () => {
    const { status, err } = await runCli(shop.settings, ['payments', 'show', `pi_1${STEERING}`]);
    expect({ status, err }).toEqual({
      status: 1,
      err: 'There is no payment pi_1\\u001b[2m\\r\\nforged line\\u009b31m\\u007f\\u202e\\u2066\\u2028\n',
    });
    const off = await runCli(shop.settings, ['payments', 'list', '--limit', `1${STEERING}`]);
    expect(off.status).toBe(2);
    expect(off.err).not.toMatch(STEERS);
  });
});
