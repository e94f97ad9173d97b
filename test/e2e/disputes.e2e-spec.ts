import { PaymentReader } from '../../src/payments/reading/payment-reader.service.js';
import { askStripe } from '../support/ask-stripe.js';
import { cliJson, runCli } from '../support/cli.js';
import { CARDS, textOf } from '../support/customer.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { until } from '../support/until.js';
import { WebhookSender } from '../support/webhook-sender.js';

describe('a disputed payment', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  const payment = (id: string) => shop.app.get(PaymentReader).story(id);
  const buyAndDispute = async (email: string) => {
    const customer = shop.customer(email);
    const id = await customer.buy(undefined, CARDS.disputes);
    const story = await until('it is disputed, and the money is gone', async () => {
      const found = await payment(id);
      return found?.status === 'disputed' && found.disputes[0]?.withdrawnAt && found;
    });
    return { customer, id, dispute: story.disputes[0] };
  };
  /** What Stripe would send when the bank has decided. */
  const bankDecides = async (disputeId: string, status: 'won' | 'lost') => {
    const dispute = { ...(await askStripe(shop.sandbox.url, `/v1/disputes/${disputeId}`)), status };
    const sender = new WebhookSender(shop.url, shop.sandbox.webhookSecret);
    const created = Math.floor(Date.now() / 1_000) + 1;
    await sender.send(
      anEvent('charge.dispute.closed', dispute as never, { id: `evt_${disputeId}_${status}`, created }),
    );
  };

  it('says so on the account page, and cannot be refunded', async () => {
    const { customer, id } = await buyAndDispute('disputing@example.com');
    const account = await customer.get('/account');
    expect(textOf(account)).toMatch(/Disputed .*You disputed \$19\.99 with your bank, which holds the money/);
    expect(account.html).not.toContain('action="/refund"');
    const refund = { _csrf: await customer.csrf(), checkout_sid: id };
    expect((await customer.post('/refund', refund)).status).toBe(409);
  });

  it('is paid again when the bank decides for the seller, and stays disputed when it does not', async () => {
    const won = await buyAndDispute('won@example.com');
    await bankDecides(won.dispute?.id ?? '', 'won');
    await until('it is paid again', async () => (await payment(won.id))?.status === 'paid');
    expect(textOf(await won.customer.get('/account'))).toMatch(/Paid .*your payment of \$19\.99 stands/);

    const lost = await buyAndDispute('lost@example.com');
    await bankDecides(lost.dispute?.id ?? '', 'lost');
    await until('it is lost', async () => (await payment(lost.id))?.disputes[0]?.status === 'lost');
    expect(await payment(lost.id)).toMatchObject({ status: 'disputed', refundable: 0 });
    expect(textOf(await lost.customer.get('/account'))).toContain('gives $19.99 back to you');
  });

  it('is on the command line, with the deadline for evidence', async () => {
    const { id, dispute } = await buyAndDispute('deadline@example.com');
    const dueBy = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const shown = await cliJson(shop.settings, 'payments', 'show', id);
    expect(shown.disputes).toEqual([{ id: dispute?.id, amount: 1999, status: 'needs_response', dueBy }]);
    const { disputes } = await cliJson(shop.settings, 'payments', 'disputes', '--open');
    const found = disputes.find((one: { id: string }) => one.id === dispute?.id);
    expect(found).toMatchObject({ email: 'deadline@example.com', paymentId: shown.id, currency: 'usd', dueBy });
    const { out } = await runCli(shop.settings, ['payments', 'disputes']);
    expect(out).toMatch(new RegExp(`needs_response.*\\$19\\.99.*${dispute?.id}.*evidence by ${found.dueBy}`));
  });
});
