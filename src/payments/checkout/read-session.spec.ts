import { aCheckoutSession, anEvent, metadataOf } from '../../../test/support/mock-stripe.js';
import { openPayment } from '../../../test/support/open-payment.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import type { User } from '../../auth/user.js';
import { Env } from '../../config/env.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { PaymentReader } from '../account/payment-reader.service.js';
import { ownersOf } from '../store/payment-owner.js';
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
  const seenBy = (user: User) => app.module.get(PaymentReader, { strict: false }).find(ownersOf(user), 'cs_test_1');
  const jenny = { id: 'jenny', email: 'jenny@example.com' };
  const thing = { description: 'A thing', priceKey: 'thing', amount: 1999, currency: 'usd' };
  /** Somebody began to buy with this address before, and paid or did not. */
  const boughtBefore = async (user: User, { pays }: { pays: boolean }) => {
    const checkouts = app.module.get(CheckoutPayments, { strict: false });
    const { id: userId, email, emailVerified } = user;
    const metadata = metadataOf(await openPayment(checkouts, { userId, email, emailVerified, ...thing }));
    await checkouts.note(aCheckoutSession({ id: 'cs_test_before', metadata }), 'test');
    const paid = { status: 'complete', payment_status: 'paid', payment_intent: 'pi_before' } as const;
    if (!pays) return;
    await app.handle(
      anEvent('checkout.session.completed', aCheckoutSession({ id: 'cs_test_before', metadata, ...paid })),
    );
  };

  it('is recorded all the same where it carries our name, with a history of its own', async () => {
    const payment = await complete({ client_reference_id: 'of-another-instance' });
    expect(payment).toMatchObject({ status: 'paid', amount: 1999, refundable: 1999, email: 'jenny@example.com' });
    expect(payment?.createdAt).toEqual(new Date(1_795_000_000_000));
    expect(payment?.history).toMatchObject([
      { from: null, to: 'pending', cause: 'not started here' },
      { from: 'pending', to: 'paid', cause: expect.stringMatching(/^evt_/) },
    ]);
  });

  it('belongs to the customer who paid with the address before, where the login had checked it [S5]', async () => {
    await boughtBefore({ ...jenny, emailVerified: true }, { pays: true });
    await complete({ payment_link: 'plink_1', metadata: {} });
    expect(await seenBy(jenny)).toMatchObject({ status: 'paid' });
  });

  it.each([
    ['only began to buy with the address', { emailVerified: true }, { pays: false }],
    ['paid, with an address that nobody checked', {}, { pays: true }],
  ])('does not belong to somebody who %s [S5]', async (_what, login, did) => {
    await boughtBefore({ id: 'mallory', email: 'jenny@example.com', ...login }, did);
    await complete({ payment_link: 'plink_1', metadata: {} });
    expect(await seenBy({ id: 'mallory', email: 'jenny@example.com' })).toBeUndefined();
    expect(await seenBy({ id: 'jenny@example.com', email: 'jenny@example.com' })).toBeUndefined();
    expect(await seenBy({ ...jenny, emailVerified: true })).toMatchObject({ status: 'paid' });
  });

  it.each<[string, Partial<CheckoutSession>]>([
    ['it is of no app that we know, and of no payment link', { metadata: {} }],
    ['it is of a payment link that nobody named ours [M7]', { metadata: {}, payment_link: 'plink_2' }],
    ['it is of another app', { metadata: { app_name: 'another' }, payment_link: 'plink_1' }],
    ['it is a subscription', { mode: 'subscription', payment_intent: null }],
    ['a card is kept and nothing paid', { mode: 'setup', amount_total: null, currency: null, payment_intent: null }],
  ])('is passed over where %s', async (_why, changes) => {
    expect(await complete(changes)).toBeUndefined();
  });
});
