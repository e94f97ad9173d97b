import { control } from './support/control.js';
import { BANK_DEBIT, openSession, paidSession, submit } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const HOUR_S = 60 * 60;
const DAY_S = 24 * HOUR_S;

describe('the clock of the sandbox', () => {
  let under: SandboxUnderTest;

  beforeEach(async () => {
    under = await SandboxUnderTest.start({ bankDebitDelayMs: 3 * HOUR_S * 1000 });
  });
  afterEach(() => under.stop());

  const machineNow = () => Math.floor(Date.now() / 1000);
  const move = (advance: unknown) => control(under.sandbox).post('/clock', { advance });

  it('is the machine’s, until it is moved; then everything goes by it', async () => {
    const began = machineNow();
    const before = await openSession(under.stripe);
    expect(before.created).toBeGreaterThanOrEqual(began);
    expect(before.created).toBeLessThanOrEqual(machineNow());
    const { body } = await move('7d');

    expect(body).toMatchObject({ now: expect.any(Number), ahead_ms: expect.any(Number) });
    const { created, expires_at: expiresAt } = await openSession(under.stripe);
    expect(created - before.created).toBeGreaterThanOrEqual(7 * DAY_S);
    expect(expiresAt - created).toBe(DAY_S);
  });

  it('makes happen what becomes due on its way, each at its time, before it answers', async () => {
    const debit = await openSession(under.stripe);
    await submit(String(debit.url), BANK_DEBIT);
    const left = await openSession(under.stripe);
    await move(30 * DAY_S);

    expect(await under.stripe.checkout.sessions.retrieve(debit.id)).toMatchObject({ payment_status: 'paid' });
    expect(await under.stripe.checkout.sessions.retrieve(left.id)).toMatchObject({ status: 'expired' });
    const [expired] = (await under.stripe.events.list({ type: 'checkout.session.expired' })).data;
    expect(expired?.created).toBe(left.expires_at);
    const settled = await under.receiver.event('checkout.session.async_payment_succeeded');
    expect(settled.created - debit.created).toBeLessThan(4 * HOUR_S);
  });

  it('stays moved when the sandbox is started again', async () => {
    const began = machineNow();
    await move('36h');
    await under.restart();

    const { created } = await paidSession(under.stripe);
    expect(created - began).toBeGreaterThanOrEqual(36 * HOUR_S);
  });

  it('brings retries forward, and gives up on what is three days old', async () => {
    await under.stop();
    under = await SandboxUnderTest.start({ retryDelaysMs: [HOUR_S * 1000] });
    under.receiver.answer = () => 500;
    await under.stripe.products.create({ name: 'A' });
    const attempts = (count: number) => under.receiver.attempted(count);
    await attempts(1);
    await under.sandbox.moveClock(HOUR_S * 1000);
    await attempts(2);
    await under.sandbox.moveClock(3 * DAY_S * 1000);
    await attempts(3);
    under.receiver.answer = () => 200;
    await under.sandbox.moveClock(3 * DAY_S * 1000);
    await under.stripe.products.create({ name: 'B' });
    await under.receiver.event('product.created');

    expect(under.receiver.attempts).toHaveLength(4);
  });

  it('signs deliveries by the machine’s clock, which the receiver goes by', async () => {
    await move('365d');
    await under.stripe.products.create({ name: 'A' });

    // The receiver checks the signature as the SDK does, and refuses what is not of now.
    const event = await under.receiver.event('product.created');
    expect(event.created - machineNow()).toBeGreaterThan(364 * DAY_S);
  });

  it.each([undefined, '', '-1', '1.5', 'soon', '5 weeks', -60, '11y', '4000d'])(
    'is not moved by %s',
    async (advance) => {
      expect(await move(advance)).toMatchObject({ status: 400, body: { error: { param: 'advance' } } });
    },
  );
});
