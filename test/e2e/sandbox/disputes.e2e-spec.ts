import type Stripe from 'stripe';
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

  it('takes no file, since nothing was uploaded, and no field of another name', async () => {
    const { id } = await disputed();
    const receipt = under.stripe.disputes.update(id, { evidence: { receipt: 'file_1' } });

    await expect(receipt).rejects.toMatchObject({ code: 'resource_missing', param: 'evidence[receipt]' });
    const tooLong = under.stripe.disputes.update(id, { evidence: { uncategorized_text: 'x'.repeat(20_001) } });
    await expect(tooLong).rejects.toMatchObject({ param: 'evidence[uncategorized_text]' });
  });
});
