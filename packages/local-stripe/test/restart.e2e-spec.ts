import { BANK_DEBIT, openSession, paidSession, payWithCard, submit } from './support/customer.js';
import { eventually } from './support/eventually.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';
import { PortTakenError, startSandbox, StateFileError } from '../src/index.js';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('a sandbox that is stopped and started again', () => {
  let under: SandboxUnderTest;

  beforeEach(async () => {
    under = await SandboxUnderTest.start({ bankDebitDelayMs: DAY_MS });
  });
  afterEach(() => under.stop());

  it('remembers payments, keys and its secret', async () => {
    const paid = await paidSession(under.stripe);
    const made = await under.stripe.products.create({ name: 'A' }, { idempotencyKey: 'kept' });
    const { webhookSecret } = under.sandbox;
    await under.restart();

    expect(under.sandbox.webhookSecret).toBe(webhookSecret);
    expect(await under.stripe.checkout.sessions.retrieve(paid.id)).toMatchObject({ payment_status: 'paid' });
    const again = await under.stripe.products.create({ name: 'A' }, { idempotencyKey: 'kept' });
    expect(again.id).toBe(made.id);
  });

  it('delivers what it still had to deliver', async () => {
    under.sandbox.holdWebhooks();
    await under.stripe.products.create({ name: 'A' });
    expect(under.receiver.attempts).toEqual([]);
    await under.restart();

    await under.receiver.event('product.created');
  });

  it('settles a bank debit that was under way', async () => {
    const session = await openSession(under.stripe);
    await submit(String(session.url), BANK_DEBIT);
    await under.restart(() => expect(under.receiver.types()).not.toContain('checkout.session.async_payment_succeeded'));
    await under.sandbox.moveClock(DAY_MS);

    const { data } = await under.receiver.event('checkout.session.async_payment_succeeded');
    expect(data.object.payment_status).toBe('paid');
  });

  it('expires a session whose time ran out meanwhile, and cancels what was tried in it', async () => {
    const session = await openSession(under.stripe);
    await payWithCard(session, '4000 0000 0000 0002');
    const { now } = Date;
    await under.restart(() => {
      Date.now = () => now() + 25 * 60 * 60 * 1000;
    });
    const { data } = await under.receiver.event('checkout.session.expired').finally(() => {
      Date.now = now;
    });

    expect(data.object).toMatchObject({ id: session.id, status: 'expired', url: null });
    await under.receiver.event('payment_intent.canceled');
  });

  it('refuses a state file that another sandbox works on', async () => {
    await expect(startSandbox({ port: 0, stateFile: under.stateFile })).rejects.toBeInstanceOf(StateFileError);
  });

  it('may be closed more than once', async () => {
    await Promise.all([under.sandbox.close(), under.sandbox.close()]);
    await under.sandbox.close();
  });

  it('says what to do when its port is taken', async () => {
    const { port } = under.sandbox;
    const second = startSandbox({ port, stateFile: ':memory:' });

    await expect(second).rejects.toBeInstanceOf(PortTakenError);
    await expect(second).rejects.toThrow(/choose another port/);
  });

  it('shows its latest payments and deliveries at its root', async () => {
    await paidSession(under.stripe);
    const page = await eventually(async () => {
      const shown = await (await fetch(under.sandbox.url)).text();
      return shown.includes('>200<') ? shown : undefined;
    }, 'a delivery on the page');
    expect(page).toContain('$19.99');
  });
});
