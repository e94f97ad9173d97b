import { aCheckoutSession } from '../../../test/support/mock-stripe.js';
import { openPayment } from '../../../test/support/open-payment.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { CheckoutLookup } from './checkout-lookup.service.js';
import { CheckoutPayments } from './checkout-payments.service.js';

const SESSIONS = 70;

describe("a customer's success pages", () => {
  let app: TestingApp;
  afterEach(() => app.close());

  const open = async (userId: string, nth: number) => {
    const checkouts = app.module.get(CheckoutPayments, { strict: false });
    const thing = { description: 'A thing', priceKey: `thing_${nth}`, amount: 1999, currency: 'usd' };
    const payment_id = await openPayment(checkouts, { ...thing, userId, email: `${userId}@example.com` });
    const id = `cs_test_${userId}_${nth}`;
    const metadata = { payment_id, app_name: '[Nest Stripe Billing] Demo Product' };
    await checkouts.note(aCheckoutSession({ id, client_reference_id: payment_id, metadata }), 'test');
    return id;
  };
  const lookUp = (userId: string, id: string) =>
    app.module.get(CheckoutLookup, { strict: false }).lookUp({ id: userId, email: `${userId}@example.com` }, id);

  it.each([
    { checkoutsAMinute: '10', asked: 60 },
    { checkoutsAMinute: '65', asked: 65 },
  ])(
    'ask Stripe $asked times a minute and no more where $checkoutsAMinute checkouts may begin, whatever they are of; others go on [S4]',
    async ({ checkoutsAMinute, asked }) => {
      app = await testingApp([], { CHECKOUTS_PER_MINUTE: checkoutsAMinute });
      app.stripe.retrieveCheckoutSession.mockRejectedValue(new StripeUnavailableError('retrieve', 'status 429'));
      for (let nth = 0; nth < SESSIONS; nth++)
        expect(await lookUp('jenny', await open('jenny', nth))).toMatchObject({ status: 'pending' });
      expect(app.stripe.retrieveCheckoutSession).toHaveBeenCalledTimes(asked);
      await lookUp('rocky', await open('rocky', 0));
      expect(app.stripe.retrieveCheckoutSession).toHaveBeenCalledTimes(asked + 1);
    },
  );
});
