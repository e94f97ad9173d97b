import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { PaymentReader } from '../account/payment-reader.service.js';
import { CheckoutPayments } from './checkout-payments.service.js';
import { UnfinishedCheckouts } from './unfinished-checkouts.service.js';

const wanted = {
  userId: 'jenny',
  email: 'jenny@example.com',
  description: 'A thing',
  priceKey: 'thing',
  amount: 1999,
  currency: 'usd',
};

describe('a checkout that was left unfinished', () => {
  let app: TestingApp;
  beforeEach(async () => {
    app = await testingApp();
  });
  afterEach(() => app.close());

  const checkouts = () => app.module.get(CheckoutPayments, { strict: false });
  const finish = (askedBefore: number) =>
    app.module.get(UnfinishedCheckouts, { strict: false }).finish(new Date(askedBefore));
  const statusOf = async (id: string) => (await app.module.get(PaymentReader, { strict: false }).details(id))?.status;
  /** Stripe has no session, and says so while this happens. */
  const stripeKnowsNone = (meanwhile: () => Promise<unknown> = async () => undefined) =>
    app.stripe.checkoutSessionsSince.mockReturnValue(
      (async function* () {
        await meanwhile();
        yield [];
      })(),
    );

  it('is ended where Stripe knows of no session', async () => {
    const { id } = await checkouts().findOrOpen(wanted);
    stripeKnowsNone();
    await finish(Date.now() + 1);
    expect(await statusOf(id)).toBe('expired');
  });

  it('is left alone where a second click has asked for its session meanwhile [Build 4]', async () => {
    const { id } = await checkouts().findOrOpen(wanted);
    const askedBefore = Date.now() + 1;
    stripeKnowsNone(async () => {
      while (Date.now() <= askedBefore) await new Promise(setImmediate);
      expect((await checkouts().findOrOpen(wanted)).id).toBe(id);
    });
    await finish(askedBefore);
    expect(await statusOf(id)).toBe('pending');
  });
});
