import { textOf } from '../support/customer.js';
import { useAppProcess } from '../support/app-process.js';
import { askForRefunds, buyAndSettle, finishedRefund, refundsAtStripe, paymentJson } from './support/refunding.js';
import { StripeOutside } from './support/stripe-outside.js';

const LONGEST_REQUEST_MS = 20_000;

/** It takes as long as the app is patient, so it is left to `npm run test:faults`. */
const inTheLongRun = process.env.CYCLES ? it : it.skip;

describe('a refund that Stripe makes and then hangs', () => {
  const app = useAppProcess();
  let stripe: StripeOutside;
  beforeAll(async () => {
    stripe = await StripeOutside.startFor(app);
    await app.start(stripe.settings);
  });
  afterAll(() => stripe.stop());

  inTheLongRun('holds the request no longer than 20 s, and is one after the next boot', async () => {
    const customer = stripe.customer();
    const id = await buyAndSettle(customer);
    stripe.proxy.onRefundResponse = () => 'hang';
    const began = performance.now();
    expect(await askForRefunds(customer, id, [500])).toMatchObject([{ status: 303 }]);
    expect(performance.now() - began).toBeLessThan(LONGEST_REQUEST_MS);
    expect(textOf(await customer.get('/account'))).toContain('Your refund is requested');
    expect((await paymentJson(app, id)).refunds).toMatchObject([{ amount: 500, status: 'requested' }]);

    expect(await app.end('SIGTERM')).toBe(0);
    stripe.proxy.onRefundResponse = () => 'pass';
    await app.start();
    const payment = await finishedRefund(app, id);
    expect(payment.refunds).toMatchObject([{ amount: 500, status: 'succeeded' }]);
    expect(await refundsAtStripe(stripe, payment)).toHaveLength(1);
  });
});
