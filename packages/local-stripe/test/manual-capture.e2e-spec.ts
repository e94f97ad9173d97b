import type Stripe from 'stripe';
import { control } from './support/control.js';
import { openSession, payWithCard, see, submit } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('a Checkout Session whose payment is captured by hand', () => {
  let under: SandboxUnderTest;

  beforeEach(async () => {
    under = await SandboxUnderTest.start();
  });
  afterEach(() => under.stop());

  const sessionOf = ({ id }: { id: string }) =>
    under.stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent.latest_charge'] });
  const authorized = async (number?: string) => {
    const open = await openSession(under.stripe, { payment_intent_data: { capture_method: 'manual' } });
    await payWithCard(open, number);
    const session = await sessionOf(open);
    return { session, intent: session.payment_intent as Stripe.PaymentIntent };
  };
  const refundsOf = async ({ id }: Stripe.PaymentIntent) =>
    (await under.stripe.refunds.list({ payment_intent: id })).data;
  /** The types of all events, oldest first, without those that came before the customer paid. */
  const happened = async (): Promise<string[]> => {
    const types = (await under.stripe.events.list({ limit: 100 })).data.map(({ type }) => type).toReversed();
    return types.slice(types.indexOf('payment_intent.created') + 1);
  };

  it('is complete and unpaid when the customer has paid: the money is only reserved [M5]', async () => {
    const { session } = await authorized();

    expect(session).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      payment_method_types: ['card'],
      payment_intent: {
        status: 'requires_capture',
        amount_capturable: 1999,
        amount_received: 0,
        latest_charge: {
          status: 'succeeded',
          captured: false,
          amount_captured: 0,
          amount_refunded: 0,
          payment_method_details: { card: { capture_before: expect.any(Number) } },
        },
      },
    });
    expect(await happened()).toEqual([
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'checkout.session.completed',
    ]);
    const { data } = await under.receiver.event('checkout.session.completed', session.id);
    expect(data.object).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
  });

  it('is paid once all of it is captured [M5]', async () => {
    const { session, intent } = await authorized();
    await under.stripe.paymentIntents.capture(intent.id);

    expect(await sessionOf(session)).toMatchObject({
      payment_status: 'paid',
      payment_intent: {
        status: 'succeeded',
        amount_received: 1999,
        latest_charge: { captured: true, amount_captured: 1999, amount_refunded: 0, refunded: false },
      },
    });
    expect((await happened()).slice(3)).toEqual(['charge.captured', 'payment_intent.succeeded']);
    expect(await refundsOf(intent)).toEqual([]);
  });

  it('captured in part is paid, and the rest stands as refunded though no money moved [M5]', async () => {
    const { session, intent } = await authorized();
    await under.stripe.paymentIntents.capture(intent.id, { amount_to_capture: 1500 });

    expect(await sessionOf(session)).toMatchObject({
      payment_status: 'paid',
      amount_total: 1999,
      payment_intent: {
        amount: 1999,
        amount_received: 1500,
        latest_charge: { captured: true, amount_captured: 1500, amount_refunded: 499, refunded: false },
      },
    });
    expect(await refundsOf(intent)).toMatchObject([
      { amount: 499, status: 'succeeded', reason: null, balance_transaction: null },
    ]);
    expect(await happened()).not.toContain('charge.refunded');
    const { receipt_url: receipt } = intent.latest_charge as Stripe.Charge;
    expect(await see(String(receipt))).toContain('$15.00');
    expect(await see(String(receipt))).not.toContain('$4.99');

    await expect(under.stripe.refunds.create({ payment_intent: intent.id, amount: 1501 })).rejects.toMatchObject({
      param: 'amount',
    });
    await under.stripe.refunds.create({ payment_intent: intent.id });
    expect(await sessionOf(session)).toMatchObject({
      payment_intent: { latest_charge: { amount_refunded: 1999, refunded: true } },
    });
  });

  it('is never paid when the payment is canceled: what was reserved stands as refunded [M4]', async () => {
    const { session, intent } = await authorized();
    await under.stripe.paymentIntents.cancel(intent.id, { cancellation_reason: 'requested_by_customer' });

    expect(await sessionOf(session)).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      payment_intent: {
        status: 'canceled',
        cancellation_reason: 'requested_by_customer',
        amount_received: 0,
        latest_charge: { captured: false, amount_captured: 0, amount_refunded: 1999, refunded: true },
      },
    });
    expect((await happened()).slice(3)).toEqual(['charge.refunded', 'refund.created', 'payment_intent.canceled']);
    expect(await refundsOf(intent)).toMatchObject([{ amount: 1999, reason: null, balance_transaction: null }]);
    await expect(under.stripe.paymentIntents.capture(intent.id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });

  it('is never paid when nobody captures it for seven days [M4]', async () => {
    const { session, intent } = await authorized();
    await under.sandbox.moveClock(7 * DAY_MS);

    expect(await sessionOf(session)).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      payment_intent: {
        status: 'canceled',
        cancellation_reason: 'automatic',
        latest_charge: { captured: false, amount_captured: 0, amount_refunded: 1999, refunded: true },
      },
    });
    expect((await happened()).slice(3)).toEqual(['charge.expired', 'refund.created', 'payment_intent.canceled']);
    expect(await refundsOf(intent)).toMatchObject([{ amount: 1999, reason: 'expired_uncaptured_charge' }]);
    const charge = intent.latest_charge as Stripe.Charge;
    const [expired] = (await under.stripe.events.list({ type: 'charge.expired' })).data;
    expect(expired?.created).toBe(charge.payment_method_details?.card?.capture_before);
  });

  it('is captured or canceled with the buttons of its page, as in the Dashboard [M5]', async () => {
    const { intent } = await authorized();
    const page = `${under.sandbox.url}/payments/${intent.id}`;
    expect(await see(page)).toContain(`action="/_sandbox/payments/${intent.id}/cancel"`);
    await submit(`${under.sandbox.url}/_sandbox/payments/${intent.id}/capture`, {});
    expect(await under.stripe.paymentIntents.retrieve(intent.id)).toMatchObject({ status: 'succeeded' });
    expect(await see(page)).not.toContain('>Capture</button>');

    const other = (await authorized()).intent;
    const { post } = control(under.sandbox);
    expect(await post(`/payments/${other.id}/capture`, { amount: 2000 })).toMatchObject({ status: 400 });
    expect(await post(`/payments/${other.id}/cancel`)).toMatchObject({ status: 200, body: { status: 'canceled' } });
    expect(await post(`/payments/${other.id}/capture`)).toMatchObject({ status: 400 });
    expect(await post('/payments/pi_none/cancel')).toMatchObject({ status: 404 });
  });

  it('stays paid when the seven days are over after its capture [M5]', async () => {
    const { session, intent } = await authorized();
    await under.stripe.paymentIntents.capture(intent.id);
    await under.sandbox.moveClock(8 * DAY_MS);

    expect(await sessionOf(session)).toMatchObject({ payment_status: 'paid', payment_intent: { status: 'succeeded' } });
  });
});
