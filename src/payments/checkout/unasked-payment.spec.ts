import { aCheckoutSession, anEvent } from '../../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { Env } from '../../config/env.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { PaymentReader } from '../reading/payment-reader.service.js';
import { CheckoutPayments } from './checkout-payments.service.js';

describe('a payment that was never asked for here', () => {
  let app: TestingApp;
  beforeEach(async () => {
    app = await testingApp();
  });
  afterEach(() => app.close());

  const complete = async (changes: Partial<CheckoutSession>) => {
    const { appName } = app.module.get(Env, { strict: false });
    const paid = { mode: 'payment', status: 'complete', payment_status: 'paid', payment_intent: 'pi_1' } as const;
    const customer = { customer_details: { email: 'Jenny@Example.com' } } as Partial<CheckoutSession>;
    const session = { metadata: { app_name: appName }, created: 1_795_000_000, ...paid, ...customer, ...changes };
    await app.handle(anEvent('checkout.session.completed', aCheckoutSession(session)));
    return (await app.module.get(PaymentReader, { strict: false }).list({})).payments.find(
      ({ checkoutSessionId }) => checkoutSessionId === 'cs_test_1',
    );
  };
  const whose = async () => {
    const reader = app.module.get(PaymentReader, { strict: false });
    const [jennys, byAddress] = [
      await reader.find('jenny', 'cs_test_1'),
      await reader.find('jenny@example.com', 'cs_test_1'),
    ];
    return jennys ? 'jenny' : byAddress && 'jenny@example.com';
  };

  it('is recorded all the same where it carries our name, with a history of its own', async () => {
    const payment = await complete({ client_reference_id: 'of-another-instance' });
    expect(payment).toMatchObject({ status: 'paid', amount: 1999, refundable: 1999, email: 'jenny@example.com' });
    expect(payment?.createdAt).toEqual(new Date(1_795_000_000_000));
    expect(payment?.history).toMatchObject([
      { from: null, to: 'pending', cause: 'not started here' },
      { from: 'pending', to: 'paid', cause: expect.stringMatching(/^evt_/) },
    ]);
    expect(await whose()).toBe('jenny@example.com');
  });

  it('belongs to the customer who paid with the address before', async () => {
    const wish = { userId: 'jenny', email: 'jenny@example.com', description: 'A thing', priceKey: 'thing' };
    await app.module.get(CheckoutPayments, { strict: false }).open({ ...wish, amount: 5, currency: 'usd' });
    await complete({ payment_link: 'plink_1', metadata: {} });
    expect(await whose()).toBe('jenny');
  });

  it.each<[string, Partial<CheckoutSession>]>([
    ['it is of no app that we know, and of no payment link', { metadata: {} }],
    ['it is of another app', { metadata: { app_name: 'another' }, payment_link: 'plink_1' }],
    ['it is a subscription', { mode: 'subscription', payment_intent: null }],
    ['a card is kept and nothing paid', { mode: 'setup', amount_total: null, currency: null, payment_intent: null }],
  ])('is passed over where %s', async (_why, changes) => {
    expect(await complete(changes)).toBeUndefined();
  });
});
