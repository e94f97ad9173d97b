import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { askStripe } from '../support/ask-stripe.js';
import { cliJson, runCli } from '../support/cli.js';
import { CARDS, type Customer, textOf } from '../support/customer.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';

describe('a refund', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop({ sandbox: { refundFailureDelayMs: 200 } });
  });
  afterAll(() => shop.stop());

  const payment = (id: string) => shop.app.get(PaymentReader).details(id);
  const buyAndSettle = async (customer: Customer, number?: string) => {
    const id = await customer.buy(undefined, number);
    await eventually('it is paid', async () => (await payment(id))?.status === 'paid');
    return id;
  };
  const refund = async (customer: Customer, id: string, amount?: string) =>
    customer.post('/refund', {
      _csrf: await customer.csrf(),
      checkout_sid: id,
      ...(amount !== undefined && { amount }),
    });

  it('is asked for with the button of the account page, which then says so', async () => {
    const customer = shop.customer('whole@example.com');
    const id = await buyAndSettle(customer);
    const answer = await customer.submit(await customer.get('/account'), '/refund');
    expect([answer.status, answer.location]).toEqual([303, '/account']);
    const account = await customer.get('/account');
    expect(textOf(account)).toMatch(/Your refund of \$19\.99 has been made.*Refunded.*Refund of \$19\.99, done/);
    expect(account.html).not.toContain('Request Refund');
    expect(textOf(await customer.get('/account'))).not.toContain('has been made');
    expect(await payment(id)).toMatchObject({ status: 'refunded', amountRefunded: 1999 });
  });

  it('may be of a part, until nothing is left', async () => {
    const customer = shop.customer('parts@example.com');
    const id = await buyAndSettle(customer);
    expect((await refund(customer, id, '500')).status).toBe(303);
    expect(textOf(await customer.get('/account'))).toMatch(/Partly refunded.*Refund of \$5\.00/);
    const tooMuch = await refund(customer, id, '1500');
    expect(tooMuch.status).toBe(409);
    expect(textOf(tooMuch)).toContain('No more than $14.99');
    expect((await refund(customer, id)).status).toBe(303);
    const nothingLeft = await refund(customer, id);
    expect(nothingLeft.status).toBe(409);
    expect(textOf(nothingLeft)).toContain('nothing left');
    expect(await payment(id)).toMatchObject({ status: 'refunded', amountRefunded: 1999 });
  });

  it('may be of a part, with a reason, by the form of the account page', async () => {
    const customer = shop.customer('form@example.com');
    const id = await buyAndSettle(customer);
    const account = await customer.get('/account');
    expect(account.html).toMatch(/name="part" value="19\.99"/);
    const asked = { _csrf: await customer.csrf(), checkout_sid: id, part: '5.5', reason: 'duplicate' };
    expect((await customer.post('/refund', asked)).status).toBe(303);
    expect(textOf(await customer.get('/account'))).toContain('Your refund of $5.50 has been made.');
    const { refunds = [] } = (await payment(id)) ?? {};
    expect(refunds).toMatchObject([{ amount: 550, reason: 'duplicate', status: 'succeeded' }]);
    const answer = await askStripe(shop.sandbox.url, `/v1/refunds/${refunds[0]?.id}`);
    expect(answer).toMatchObject({ reason: 'duplicate', amount: 550 });
  });

  it.each(['5,00', '19.999', '-1', 'all', '0.00'])('of a part written as %j is refused with 400', async (part) => {
    const customer = shop.customer('odd-part@example.com');
    const { payments } = await shop.app.get(PaymentReader).list({ email: 'odd-part@example.com' });
    const id = payments[0]?.checkoutSessionId ?? (await buyAndSettle(customer));
    const answer = await customer.post('/refund', { _csrf: await customer.csrf(), checkout_sid: id, part });
    expect(answer.status).toBe(400);
    expect(textOf(answer)).toContain('such as 19.99');
  });

  it('of a part is understood with the decimal comma where the language that the browser asks for writes so', async () => {
    const customer = shop.customer('comma@example.com');
    const id = await buyAndSettle(customer);
    const german = { 'accept-language': 'de-AT,de;q=0.9,en;q=0.8' };
    expect((await customer.get('/account', german)).html).toContain('pattern="[0-9]{1,12}([.,][0-9]{1,2})?"');
    const ask = async (part: string) =>
      customer.post('/refund', { _csrf: await customer.csrf(), checkout_sid: id, part }, german);
    const thousands = await ask('1,000');
    expect([thousands.status, textOf(thousands).includes('There is a problem with the refund')]).toEqual([400, true]);
    expect(thousands.html).toMatch(/role="alert" tabindex="-1" autofocus[\s\S]*aria-invalid="true"/);
    expect([(await ask('5,00')).status, (await ask('0.99')).status]).toEqual([303, 303]);
    expect(await payment(id)).toMatchObject({ amountRefunded: 599 });
  });

  it('may be asked for on the command line, whole or in part, with a reason', async () => {
    const customer = shop.customer('seller@example.com');
    const id = await buyAndSettle(customer);
    const part = await cliJson(shop.settings, 'payments', 'refund', id, '--amount', '500', '--reason', 'fraudulent');
    expect(part).toMatchObject({ outcome: 'refunded', amount: 500, currency: 'usd', pending: false });
    expect(await payment(id)).toMatchObject({
      status: 'partially_refunded',
      refunds: [{ id: part.refundId, reason: 'fraudulent' }],
    });
    expect((await payment(id))?.history.at(-1)).toMatchObject({ cause: expect.stringMatching(/^(command line|evt_)/) });
    const cli = (...args: string[]) => runCli(shop.settings, ['payments', 'refund', ...args]);
    expect(await cli(id, '--amount', '1500')).toMatchObject({
      status: 1,
      out: 'No more than $14.99 can be refunded.\n',
    });
    expect(await cli(id)).toMatchObject({ status: 0, out: expect.stringMatching(/^\$14\.99 refunded \(re_\w+\)\n$/) });
    expect(await cli('nothing')).toMatchObject({ status: 1, err: 'There is no payment nothing\n' });
    for (const off of [
      ['--amount', '0'],
      ['--amount', '1.5'],
      ['--reason', 'because'],
    ])
      expect(await cli(id, ...off)).toMatchObject({ status: 2, out: '' });
  });

  it('stays one, and right, once all its events have come', async () => {
    const customer = shop.customer('events@example.com');
    const id = await buyAndSettle(customer);
    shop.sandbox.holdWebhooks();
    await refund(customer, id, '700');
    const before = await payment(id);
    shop.sandbox.releaseWebhooks();
    await eventually('the events have come', async () => {
      const { refunds = [] } = (await payment(id)) ?? {};
      return refunds[0]?.status === 'succeeded';
    });
    expect(await payment(id)).toEqual(before);
  });

  it('that the bank sends back makes the payment paid again', async () => {
    const customer = shop.customer('returned@example.com');
    const id = await buyAndSettle(customer, CARDS.refundFails);
    await refund(customer, id);
    await eventually('the refund has failed', async () => (await payment(id))?.refunds[0]?.status === 'failed');
    expect(await payment(id)).toMatchObject({ status: 'paid', amountRefunded: 0, refundable: 1999 });
    expect(textOf(await customer.get('/account'))).toMatch(
      /Paid.*Refund of \$19\.99, failed: the card has expired or was cancelled/,
    );
  });

  it.each(['0', '-1', '1.5', '10abc', '1e20', '99999999999999999999', ' 5', 'NaN'])(
    'of %j is refused with 400',
    async (amount) => {
      const customer = shop.customer('amounts@example.com');
      expect((await refund(customer, 'cs_test_any', amount)).status).toBe(400);
    },
  );

  it('of several amounts at once is refused with 400', async () => {
    const customer = shop.customer('amounts@example.com');
    const fields: [string, string][] = [
      ['_csrf', await customer.csrf()],
      ['checkout_sid', 'cs_test_any'],
      ['amount', '1'],
      ['amount', '2'],
    ];
    expect((await customer.post('/refund', fields)).status).toBe(400);
  });
});
