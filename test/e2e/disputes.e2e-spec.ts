import type { StripeEventType } from '../../src/stripe/stripe.types.js';
import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { askStripe } from '../support/ask-stripe.js';
import { cliJson, runCli } from '../support/cli.js';
import { CARDS, textOf } from '../support/customer.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';
import { WebhookSender } from '../support/webhook-sender.js';

describe('a disputed payment', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  const payment = (id: string) => shop.app.get(PaymentReader).details(id);
  const buyAndDispute = async (email: string) => {
    const customer = shop.customer(email);
    const id = await customer.buy(undefined, CARDS.disputes);
    const details = await eventually('it is disputed, and the money is gone', async () => {
      const found = await payment(id);
      return found?.status === 'disputed' && found.disputes[0]?.withdrawnAt && found;
    });
    return { customer, id, dispute: details.disputes[0] };
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
    await eventually('it is paid again', async () => (await payment(won.id))?.status === 'paid');
    expect(textOf(await won.customer.get('/account'))).toMatch(/Paid .*your payment of \$19\.99 stands/);

    const lost = await buyAndDispute('lost@example.com');
    await bankDecides(lost.dispute?.id ?? '', 'lost');
    await eventually('it is lost', async () => (await payment(lost.id))?.disputes[0]?.status === 'lost');
    expect(await payment(lost.id)).toMatchObject({ status: 'disputed', refundable: 0 });
    expect(textOf(await lost.customer.get('/account'))).toContain('gives $19.99 back to you');
  });

  it('is on the command line, with the deadline for evidence', async () => {
    const { id, dispute } = await buyAndDispute('deadline@example.com');
    const dueBy = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const shown = await cliJson(shop.settings, 'payments', 'show', id);
    expect(shown.disputes).toEqual([
      { id: dispute?.id, amount: 1999, currency: 'usd', status: 'needs_response', dueBy },
    ]);
    const { disputes } = await cliJson(shop.settings, 'payments', 'disputes', '--open');
    const found = disputes.find((one: { id: string }) => one.id === dispute?.id);
    expect(found).toMatchObject({ email: 'deadline@example.com', paymentId: shown.id, currency: 'usd', dueBy });
    const { out } = await runCli(shop.settings, ['payments', 'disputes']);
    expect(out).toMatch(new RegExp(`needs_response.*\\$19\\.99.*${dispute?.id}.*evidence by ${found.dueBy}`));
  });

  /** Bought, and then disputed by events of the test's own, with what Stripe calls the payment. */
  const buyAndDeliver = async (email: string) => {
    const customer = shop.customer(email);
    const id = await customer.buy();
    const paid = await eventually('it is paid', async () => {
      const found = await payment(id);
      return found?.status === 'paid' && found;
    });
    const sender = new WebhookSender(shop.url, shop.sandbox.webhookSecret);
    const deliver = async (type: StripeEventType, object: object) => {
      const eventId = `evt_${`${email}_${type}`.replaceAll(/\W/g, '_')}`;
      const about = { payment_intent: paid.paymentIntentId, created: 1_795_000_000, ...object };
      const answer = await sender.send(anEvent(type, about as never, { id: eventId }));
      expect(answer.status).toBe(200);
    };
    return { customer, id, ours: paid.id, deliver };
  };

  it('is gone where a programme of the card networks resolved it, although it counts as prevented [M2]', async () => {
    const { customer, id, deliver } = await buyAndDeliver('resolved@example.com');
    const resolution = {
      id: 'du_resolved',
      amount: 1999,
      currency: 'usd',
      status: 'prevented',
      reason: 'fraudulent',
      is_charge_refundable: false,
      evidence_details: { due_by: null },
      payment_method_details: { type: 'card', card: { case_type: 'resolution' } },
    };
    for (const type of ['created', 'funds_withdrawn', 'closed'] as const)
      await deliver(`charge.dispute.${type}`, resolution);
    await eventually('the money is gone', async () => (await payment(id))?.status === 'disputed');
    const account = await customer.get('/account');
    expect(textOf(account)).toContain('gives $19.99 back to you');
    expect(account.html).not.toContain('action="/refund"');
  });

  it('of a part in euros takes its part of the payment, in its own words and sums, on every page [M9, Build 3]', async () => {
    const { customer, id, ours, deliver } = await buyAndDeliver('euros@example.com');
    const euros = {
      id: 'du_euros',
      amount: 460,
      currency: 'eur',
      status: 'needs_response',
      reason: 'product_not_received',
      is_charge_refundable: true,
      balance_transactions: [{ amount: -500, currency: 'usd', fee: 1500, net: -2000, created: 1_795_000_000 }],
    };
    await deliver('charge.dispute.funds_withdrawn', euros);
    await eventually('a part is disputed', async () => (await payment(id))?.amountDisputed === 500);
    const receipt = textOf(await customer.get(`/account/payments/${ours}`));
    expect(receipt).toMatch(/Amount \$19\.99 Disputed \$5\.00 Remains \$14\.99 .*You disputed €4\.60 with your bank/);
    const { out } = await runCli(shop.settings, ['payments', 'show', id]);
    expect(out).toContain('dispute du_euros: €4.60, needs_response, for product_not_received, takes $5.00');
    expect(await cliJson(shop.settings, 'payments', 'show', id)).toMatchObject({
      amountDisputed: 500,
      disputes: [{ amount: 460, currency: 'eur' }],
    });

    const refunded = await customer.post('/refund', { _csrf: await customer.csrf(), checkout_sid: id });
    expect(refunded.status).toBe(303);
    await eventually('the rest is refunded', async () => (await payment(id))?.amountRefunded === 1499);
    const rest = textOf(await customer.get(`/account/payments/${ours}`));
    expect(rest).toMatch(/Amount \$19\.99 Refunded \$14\.99 Disputed \$5\.00 Remains \$0\.00/);
  });

  it('that is to be expected is on the command line in time to refund, and on no page of the customer [M11]', async () => {
    const { customer, id, ours, deliver } = await buyAndDeliver('warned@example.com');
    const warning = { id: 'issfr_1', actionable: true, fraud_type: 'made_with_stolen_card', charge: 'ch_1' };
    await deliver('radar.early_fraud_warning.created', { object: 'radar.early_fraud_warning', ...warning });
    await eventually('it is kept', async () => (await payment(id))?.earlyFraudWarnings.length === 1);
    const { out } = await runCli(shop.settings, ['payments', 'show', id]);
    expect(out).toMatch(
      new RegExp(`warning issfr_1: made_with_stolen_card, .*payments refund ${ours} --reason fraudulent`),
    );
    expect(await cliJson(shop.settings, 'payments', 'show', id)).toMatchObject({
      earlyFraudWarnings: [{ id: 'issfr_1', fraudType: 'made_with_stolen_card', actionable: true }],
    });
    for (const path of ['/account', `/account/payments/${ours}`])
      expect((await customer.get(path)).html).not.toMatch(/issfr_1|stolen|fraud/i);
  });
});
