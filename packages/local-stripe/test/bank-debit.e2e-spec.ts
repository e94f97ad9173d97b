import { control } from './support/control.js';
import { BANK_DEBIT, openSession, submit } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const HOUR_MS = 60 * 60 * 1000;

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

  it('takes as long as the setting says that holds when it is made', async () => {
    const { get, post } = control(under.sandbox);
    expect((await get('/settings')).body).toMatchObject({ bank_debit_ms: 30, refund_failure_ms: 10_000 });
    expect((await post('/settings', { bank_debit_ms: 2 * HOUR_MS })).body).toMatchObject({
      bank_debit_ms: 2 * HOUR_MS,
    });
    const session = await openSession(under.stripe);
    await submit(String(session.url), BANK_DEBIT);
    await post('/settings', { bank_debit_ms: 30 });
    const status = async () => (await under.stripe.checkout.sessions.retrieve(session.id)).payment_status;
    await under.sandbox.moveClock(HOUR_MS);
    expect(await status()).toBe('unpaid');
    await under.sandbox.moveClock(HOUR_MS);
    expect(await status()).toBe('paid');
  });

  it('takes as long as the option says after a start and a reset; without one, the setting stays', async () => {
    const settings = async () => (await control(under.sandbox).get('/settings')).body;
    const change = () => control(under.sandbox).post('/settings', { bank_debit_ms: HOUR_MS, refund_failure_ms: 5 });
    await change();
    await under.sandbox.reset();
    expect(await settings()).toMatchObject({ bank_debit_ms: 30, refund_failure_ms: 10_000 });
    await change();
    await under.restart();
    expect(await settings()).toMatchObject({ bank_debit_ms: 30, refund_failure_ms: 5 });
  });

  it.each([-1, 1.5, 90 * 24 * HOUR_MS + 1, 'soon', true])('cannot take %j ms', async (bank_debit_ms) => {
    expect(await control(under.sandbox).post('/settings', { bank_debit_ms })).toMatchObject({
      status: 400,
      body: {
        error: { param: 'bank_debit_ms', message: 'Invalid bank_debit_ms: whole milliseconds, at most 90 days' },
      },
    });
  });

  it('is not offered where the shop takes cards only', async () => {
    const session = await openSession(under.stripe, { allowed_payment_method_types: ['card'] });

    expect(await (await fetch(String(session.url))).text()).not.toContain('Bank debit');
    expect((await submit(String(session.url), BANK_DEBIT)).status).toBe(422);
  });
});
