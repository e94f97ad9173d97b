import type Stripe from 'stripe';
import { control } from './support/control.js';
import { paidSession } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('a dispute', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const disputed = async (card = '4000 0000 0000 0259'): Promise<Stripe.Dispute> => {
    const { payment_intent } = await paidSession(under.stripe, card);
    const { data } = await under.stripe.disputes.list({ payment_intent: (payment_intent as Stripe.PaymentIntent).id });
    return data[0] as Stripe.Dispute;
  };
  const inquiry = () => disputed('4000 0000 0000 1976');
  const bookingsOf = async ({ id }: Stripe.Dispute): Promise<number[]> =>
    (await under.stripe.balanceTransactions.list({ source: id })).data.map(({ net }) => net);

  it('takes the money and a fee at once', async () => {
    const dispute = await disputed();

    expect(dispute).toMatchObject({ status: 'needs_response', amount: 1999, is_charge_refundable: false });
    expect(dispute.balance_transactions).toMatchObject([{ amount: -1999, fee: 1500, net: -3499, type: 'adjustment' }]);
    const refund = under.stripe.refunds.create({ charge: String(dispute.charge) });
    await expect(refund).rejects.toMatchObject({ code: 'charge_disputed' });
  });

  it('is won by winning evidence, and money and fee come back', async () => {
    const dispute = await disputed();
    const evidence = { customer_name: 'Ada', uncategorized_text: 'winning_evidence' };
    const answered = await under.stripe.disputes.update(dispute.id, { evidence });

    expect(answered).toMatchObject({
      status: 'under_review',
      evidence: { customer_name: 'Ada' },
      evidence_details: { has_evidence: true, submission_count: 1, submission_method: 'manual' },
    });
    const { data } = await under.receiver.event('charge.dispute.funds_reinstated', dispute.id);
    expect(data.object.status).toBe('won');
    await under.receiver.event('charge.dispute.closed', dispute.id);
    const updated = await under.receiver.event('charge.dispute.updated', dispute.id);
    expect(updated.data.previous_attributes).toMatchObject({ status: 'needs_response' });
    expect(await bookingsOf(dispute)).toEqual([3499, -3499]);
  });

  it('is lost by losing evidence', async () => {
    const { id } = await disputed();
    await under.stripe.disputes.update(id, { evidence: { uncategorized_text: 'losing_evidence' } });

    const { data } = await under.receiver.event('charge.dispute.closed', id);
    expect(data.object).toMatchObject({ status: 'lost' });
    const late = under.stripe.disputes.update(id, { evidence: { customer_name: 'Ada' } });
    await expect(late).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining('already closed') });
  });

  it('waits while evidence is only staged, and stays under review when the bank cannot decide', async () => {
    const { id } = await disputed();
    const staged = await under.stripe.disputes.update(id, { evidence: { product_description: 'A' }, submit: false });
    expect(staged).toMatchObject({ status: 'needs_response', evidence_details: { submission_count: 0 } });
    const noted = await under.stripe.disputes.update(id, { metadata: { asked: 'Ada' } });
    expect(noted).toMatchObject({ status: 'needs_response', metadata: { asked: 'Ada' } });

    expect(await under.stripe.disputes.update(id, { submit: true })).toMatchObject({ status: 'under_review' });
  });

  it('is lost when it is closed, once', async () => {
    const { id } = await disputed();

    expect(await under.stripe.disputes.close(id)).toMatchObject({ status: 'lost' });
    await expect(under.stripe.disputes.close(id)).rejects.toMatchObject({ statusCode: 400 });
    await expect(under.stripe.disputes.close('du_none')).rejects.toMatchObject({ code: 'resource_missing' });
  });

  it('may be an inquiry, which moves no money and ends without loss', async () => {
    const dispute = await inquiry();
    expect(dispute).toMatchObject({ status: 'warning_needs_response', is_charge_refundable: true });

    expect(await under.stripe.disputes.close(dispute.id)).toMatchObject({ status: 'warning_closed' });
    expect(await bookingsOf(dispute)).toEqual([]);
  });

  it('that is an inquiry is answered by a refund', async () => {
    const dispute = await inquiry();
    await under.stripe.refunds.create({ charge: String(dispute.charge) });

    expect(await under.stripe.disputes.retrieve(dispute.id)).toMatchObject({ status: 'warning_closed' });
  });

  it('that is an inquiry can become a chargeback', async () => {
    const dispute = await inquiry();
    const evidence = { uncategorized_text: 'escalate_inquiry_evidence' };
    expect(await under.stripe.disputes.update(dispute.id, { evidence })).toMatchObject({
      status: 'warning_under_review',
    });

    const { data } = await under.receiver.event('charge.dispute.funds_withdrawn', dispute.id);
    expect(data.object).toMatchObject({ status: 'needs_response', evidence_details: { has_evidence: false } });
    expect(await bookingsOf(dispute)).toEqual([-3499]);
  });

  const paid = async (): Promise<string> =>
    ((await paidSession(under.stripe)).payment_intent as Stripe.PaymentIntent).id;
  const raise = async (payment_intent: string, more: object = {}): Promise<Stripe.Dispute> => {
    const { status, body } = await control(under.sandbox).post('/disputes', { payment_intent, ...more });
    expect({ status, body }).toMatchObject({ status: 200 });
    return body as Stripe.Dispute;
  };
  const eventsAbout = async ({ id }: Stripe.Dispute): Promise<string[]> =>
    (await under.stripe.events.list({ limit: 100, type: 'charge.dispute.*' })).data
      .filter(({ data }) => JSON.stringify(data.object).includes(id))
      .map(({ type }) => type)
      .toReversed();

  it('may be about a part of a charge, and there may be several, up to what was paid [Build 3]', async () => {
    const payment = await paid();
    const first = await raise(payment, { amount: 500 });
    const second = await raise(payment, { amount: 1000, reason: 'product_unacceptable' });

    expect(first).toMatchObject({ amount: 500, status: 'needs_response', reason: 'fraudulent' });
    expect(first.balance_transactions).toMatchObject([{ amount: -500 }]);
    const { data } = await under.stripe.disputes.list({ payment_intent: payment });
    expect(data.map(({ amount }) => amount)).toEqual([1000, 500]);
    const tooMuch = { payment_intent: payment, amount: 500 };
    expect(await control(under.sandbox).post('/disputes', tooMuch)).toMatchObject({ status: 400 });

    await under.stripe.disputes.update(first.id, { evidence: { uncategorized_text: 'winning_evidence' } });
    await under.receiver.event('charge.dispute.funds_reinstated', first.id);
    expect(await raise(payment)).toMatchObject({ amount: 999 });
    expect(await under.stripe.disputes.retrieve(second.id)).toMatchObject({ status: 'needs_response' });
  });

  it('about a part holds the whole charge back from refunds, unless the rest is said to be refundable [Build 3]', async () => {
    const held = await paid();
    await raise(held, { amount: 500 });
    const refund = under.stripe.refunds.create({ payment_intent: held, amount: 100 });
    await expect(refund).rejects.toMatchObject({ code: 'charge_disputed' });

    const payment = await paid();
    expect(await raise(payment, { amount: 500, refundable: true })).toMatchObject({ is_charge_refundable: true });
    const tooMuch = under.stripe.refunds.create({ payment_intent: payment, amount: 1500 });
    await expect(tooMuch).rejects.toMatchObject({ param: 'amount' });
    expect(await under.stripe.refunds.create({ payment_intent: payment })).toMatchObject({ amount: 1499 });
  });

  it('that is a resolution has taken the money for good as soon as it is there [M2]', async () => {
    const payment = await paid();
    const dispute = await raise(payment, { kind: 'resolution' });

    expect(dispute).toMatchObject({
      amount: 1999,
      status: 'prevented',
      is_charge_refundable: false,
      evidence_details: { due_by: null },
      payment_method_details: { card: { case_type: 'resolution' } },
    });
    expect(await bookingsOf(dispute)).toEqual([-1999]);
    expect(await eventsAbout(dispute)).toEqual([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.closed',
    ]);
    const refund = under.stripe.refunds.create({ payment_intent: payment });
    await expect(refund).rejects.toMatchObject({ code: 'charge_disputed' });
    await expect(under.stripe.disputes.close(dispute.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('that was blocked moved no money, and the payment can be refunded [M2]', async () => {
    const payment = await paid();
    const dispute = await raise(payment, { kind: 'block' });

    expect(dispute).toMatchObject({ status: 'prevented', payment_method_details: { card: { case_type: 'block' } } });
    expect(await bookingsOf(dispute)).toEqual([]);
    expect(await eventsAbout(dispute)).toEqual(['charge.dispute.created', 'charge.dispute.closed']);
    expect(await under.stripe.refunds.create({ payment_intent: payment })).toMatchObject({ amount: 1999 });
  });

  it('may be in another currency than the payment [M9]', async () => {
    const dispute = await raise(await paid(), { amount: 1849, currency: 'EUR' });

    expect(dispute).toMatchObject({ amount: 1849, currency: 'eur' });
    expect(dispute.balance_transactions).toMatchObject([{ amount: -1849, currency: 'eur' }]);
  });

  it('cannot be raised about what was not paid, in no known way, or about nothing [Build 3]', async () => {
    const { post } = control(under.sandbox);
    const { id } = await under.stripe.paymentIntents.create({
      amount: 500,
      capture_method: 'manual',
      confirm: true,
      return_url: 'http://shop.test/',
      currency: 'usd',
      payment_method: 'pm_card_visa',
    });

    expect(await post('/disputes', { payment_intent: id })).toMatchObject({ status: 400 });
    expect(await post('/disputes', { charge: 'ch_none' })).toMatchObject({ status: 404 });
    expect(await post('/disputes')).toMatchObject({ status: 400, body: { error: { code: 'parameter_missing' } } });
    expect(await post('/disputes', { payment_intent: await paid(), kind: 'complaint' })).toMatchObject({ status: 400 });
    expect(await post('/disputes', { payment_intent: await paid(), amount: 0 })).toMatchObject({ status: 400 });
  });

  it('takes no file, since nothing was uploaded, and no field of another name', async () => {
    const { id } = await disputed();
    const receipt = under.stripe.disputes.update(id, { evidence: { receipt: 'file_1' } });

    await expect(receipt).rejects.toMatchObject({ code: 'resource_missing', param: 'evidence[receipt]' });
    const tooLong = under.stripe.disputes.update(id, { evidence: { uncategorized_text: 'x'.repeat(20_001) } });
    await expect(tooLong).rejects.toMatchObject({ param: 'evidence[uncategorized_text]' });
  });
});
