import { BANK_DEBIT, openSession, submit } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('paying by bank debit', () => {
  let under: SandboxUnderTest;

  beforeEach(async () => {
    under = await SandboxUnderTest.start({ bankDebitDelayMs: 30 });
  });
  afterEach(() => under.stop());

  it('completes unpaid, and is paid when the debit settles', async () => {
    const session = await openSession(under.stripe);
    const answer = await submit(String(session.url), BANK_DEBIT);

    expect(answer.headers.get('location')).toBe(`http://shop.test/success?checkout_sid=${session.id}`);
    const completed = await under.receiver.event('checkout.session.completed');
    expect(completed.data.object.payment_status).toBe('unpaid');
    const settled = await under.receiver.event('checkout.session.async_payment_succeeded');
    expect(settled.data.object).toMatchObject({ id: session.id, payment_status: 'paid' });
    expect(settled.request).toEqual({ id: null, idempotency_key: null });
    const paid = await under.stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent.latest_charge'],
    });
    expect(paid.payment_intent).toMatchObject({ status: 'succeeded', latest_charge: { status: 'succeeded' } });
  });

  it('waits for another payment method when the debit fails', async () => {
    const session = await openSession(under.stripe);
    await submit(String(session.url), { ...BANK_DEBIT, ending: 'fail' });

    const failed = await under.receiver.event('checkout.session.async_payment_failed');
    expect(failed.data.object).toMatchObject({ id: session.id, status: 'complete', payment_status: 'unpaid' });
    const { payment_intent } = await under.stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent.latest_charge'],
    });
    expect(payment_intent).toMatchObject({ status: 'requires_payment_method', latest_charge: { status: 'failed' } });
  });

  it('is not offered where the shop takes cards only', async () => {
    const session = await openSession(under.stripe, { allowed_payment_method_types: ['card'] });

    expect(await (await fetch(String(session.url))).text()).not.toContain('Bank debit');
    expect((await submit(String(session.url), BANK_DEBIT)).status).toBe(422);
  });
});
