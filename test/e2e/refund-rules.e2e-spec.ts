import { PaymentReader, REFUNDS_ON_A_PAGE } from '../../src/payments/account/payment-reader.service.js';
import { EventLog } from '../../src/webhook/event-log.service.js';
import { cliJson, runCli } from '../support/cli.js';
import { textOf } from '../support/customer.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';
import { WebhookSender } from '../support/webhook-sender.js';

const AT_STRIPE = 1_795_000_000;

describe('a payment that is known by its events', () => {
  let shop: Shop;
  let sender: WebhookSender;
  beforeAll(async () => {
    shop = await startShop({ settings: { PAYMENT_LINKS: 'plink_1' } });
    sender = new WebhookSender(shop.url, shop.sandbox.webhookSecret);
  });
  afterAll(() => shop.stop());

  let sent = 0;
  const happens = async (type: string, objects: object[]): Promise<void> => {
    const events = objects.map((object) => {
      const id = `evt_rules_${++sent}`;
      return anEvent(type as 'refund.created', object as never, { id, created: AT_STRIPE + sent });
    });
    for (const event of events) expect((await sender.send(event)).status).toBe(200);
    await eventually(`${type} is handled`, async () => {
      const found = await Promise.all(events.map(({ id }) => shop.app.get(EventLog).find(id)));
      return found.every((one) => one && one.event.status !== 'pending');
    });
  };
  /** Bought by a payment link. */
  const paid = async (tag: string, amount: number, currency: string, email = `${tag}@example.com`) => {
    await happens('checkout.session.completed', [
      {
        id: `cs_test_${tag}`,
        object: 'checkout.session',
        mode: 'payment',
        status: 'complete',
        payment_status: 'paid',
        amount_total: amount,
        currency,
        created: AT_STRIPE,
        client_reference_id: null,
        metadata: {},
        payment_link: 'plink_1',
        payment_intent: `pi_${tag}`,
        customer_details: { email },
      },
    ]);
    const found = await shop.app.get(PaymentReader).details(`cs_test_${tag}`);
    return { id: found?.id ?? '', sid: `cs_test_${tag}`, customer: shop.customer(`${tag}@example.com`) };
  };
  const refund = (tag: string, nth: number, changes: object = {}) => ({
    id: `re_${tag}_${nth}`,
    object: 'refund',
    amount: 1,
    currency: 'usd',
    status: 'succeeded',
    payment_intent: `pi_${tag}`,
    created: AT_STRIPE + nth,
    metadata: {},
    ...changes,
  });

  it('in UGX says which parts can be refunded, in the form and on the command line, before Stripe is asked [M8]', async () => {
    const { id, sid, customer } = await paid('ugx', 500_000, 'ugx');
    const account = await customer.get('/account');
    expect(textOf(account)).toMatch(/UGX\s5,000.*Amount in UGX, up to UGX\s5,000 \(whole units only\)/);
    expect(account.html).toMatch(/name="part" value="5000"/);
    const post = async (fields: Record<string, string>) =>
      customer.post('/refund', { _csrf: await customer.csrf(), checkout_sid: sid, ...fields });
    const part = await post({ part: '2.50' });
    expect(part.status).toBe(400);
    expect(textOf(part)).toMatch(/such as 5000\. UGX has whole units only/);
    const amount = await post({ amount: '250' });
    expect(amount.status).toBe(400);
    expect(textOf(amount)).toMatch(/UGX\s2\.50 is not possible: UGX has whole units only, such as UGX\s2\./);
    const cli = await runCli(shop.settings, ['payments', 'refund', id, '--amount', '250']);
    expect(cli.status).toBe(2);
    expect(cli.out).toMatch(/UGX has whole units only, .* all that is left is 500000\./);
    expect((await shop.app.get(PaymentReader).details(id))?.refunds).toEqual([]);
  });

  it('in a currency that nobody knows is shown with its code, on every page and on the command line [S15]', async () => {
    const { id, customer } = await paid('usdc', 1999, 'usdc');
    expect(textOf(await customer.get('/account'))).toContain('19.99 USDC');
    expect(textOf(await customer.get(`/account/payments/${id}`))).toContain('19.99 USDC');
    const list = await runCli(shop.settings, ['payments', 'list', '--email', 'usdc@example.com']);
    expect(list).toMatchObject({ status: 0, out: expect.stringContaining('19.99 USDC') });
  });

  it('is found by its address, however that is written [M10]', async () => {
    await paid('written', 1999, 'usd', ' Written@Example.COM ');
    for (const email of ['written@example.com', 'Written@Example.COM', ' WRITTEN@example.com '])
      expect((await cliJson(shop.settings, 'payments', 'list', '--email', email)).payments).toMatchObject([
        { checkoutSessionId: 'cs_test_written', email: 'written@example.com' },
      ]);
  });

  it('shows the last few of its refunds, and how many there were before [S7]', async () => {
    const { id, customer } = await paid('many', 1999, 'usd');
    const refunds = Array.from({ length: 130 }, (_, nth) => refund('many', nth, nth < 5 ? { status: 'failed' } : {}));
    await happens('refund.created', refunds);
    const earlier = 130 - REFUNDS_ON_A_PAGE;
    for (const path of ['/account', `/account/payments/${id}`]) {
      const page = await customer.get(path);
      expect(page.html.match(/Refund of \$0\.01, done/g)).toHaveLength(REFUNDS_ON_A_PAGE);
      expect(textOf(page)).toContain(`${earlier} earlier refunds, $${((earlier - 5) / 100).toFixed(2)} together`);
    }
    const shown = await cliJson(shop.settings, 'payments', 'show', id);
    expect(shown).toMatchObject({ amountRefunded: 125, status: 'partially_refunded' });
    expect(shown.refunds).toHaveLength(130);
  });

  it('whose refund fails is paid again, by charge.refund.updated alone [M6]', async () => {
    const { id } = await paid('older', 1999, 'usd');
    const charge = { id: 'ch_older', object: 'charge', payment_intent: 'pi_older', amount: 1999, captured: true };
    await happens('charge.refunded', [{ ...charge, amount_captured: 1999, amount_refunded: 1999, refunded: true }]);
    expect(await shop.app.get(PaymentReader).details(id)).toMatchObject({ status: 'refunded' });
    const failed = { amount: 1999, status: 'failed', failure_reason: 'declined' };
    await happens('charge.refund.updated', [refund('older', 1, failed)]);
    expect(await shop.app.get(PaymentReader).details(id)).toMatchObject({ status: 'paid', refundable: 1999 });
  });

  it('whose refund waits for the customer and then goes on says so [M12]', async () => {
    const { customer } = await paid('waits', 1999, 'usd');
    await happens('refund.created', [refund('waits', 1, { status: 'requires_action' })]);
    expect(textOf(await customer.get('/account'))).toContain('waiting for you');
    await happens('refund.updated', [refund('waits', 1, { status: 'pending' })]);
    expect(textOf(await customer.get('/account'))).toContain('on its way');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'not an address'])(
    'whose receipt is said to be at %s links to none [S17]',
    async (url) => {
      const tag = `link${sent}`;
      const { id, customer } = await paid(tag, 1999, 'usd');
      const charge = { id: `ch_${tag}`, object: 'charge', payment_intent: `pi_${tag}`, amount: 1999, captured: true };
      await happens('charge.succeeded', [{ ...charge, amount_captured: 1999, amount_refunded: 0, receipt_url: url }]);
      const page = await customer.get(`/account/payments/${id}`);
      expect(page.status).toBe(200);
      expect(page.html).not.toContain('Stripe&#x27;s receipt');
      expect(page.html).not.toContain(url);
    },
  );
});
