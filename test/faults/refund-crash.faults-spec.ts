import { textOf } from '../support/customer.js';
import { useAppProcess } from '../support/app-process.js';
import { askForRefunds, buyAndSettle, finishedRefund, refundsAtStripe } from './support/refunding.js';
import { type ProxyAction, StripeOutside } from './support/stripe-outside.js';

const PRICE = 1999;

describe('a refund that Stripe has made', () => {
  const app = useAppProcess();
  let stripe: StripeOutside;
  beforeAll(async () => {
    stripe = await StripeOutside.startFor(app);
    await app.start(stripe.settings);
  });
  beforeEach(() => {
    stripe.proxy.onRefundResponse = () => 'pass';
  });
  afterAll(() => stripe.stop());

  /** Once here, once there, and both agree. */
  const isOneRefund = async (checkoutSessionId: string) => {
    const payment = await finishedRefund(app, checkoutSessionId);
    const atStripe = await refundsAtStripe(stripe, payment);
    expect(atStripe).toMatchObject([{ amount: PRICE, status: 'succeeded' }]);
    expect(payment).toMatchObject({ status: 'refunded', amountRefunded: PRICE });
    const requestedBy = 'customer@example.com';
    expect(payment.refunds).toEqual([{ id: atStripe[0]?.id, amount: PRICE, status: 'succeeded', requestedBy }]);
  };

  it('is one, and stored after the next boot, when the app is killed before it stored it', async () => {
    const customer = stripe.customer();
    const id = await buyAndSettle(customer);
    stripe.proxy.onRefundResponse = async (): Promise<ProxyAction> => {
      await app.end('SIGKILL');
      return 'hang'; // the app is killed before the answer
    };
    await expect(askForRefunds(customer, id, [PRICE])).rejects.toThrow('fetch failed');
    stripe.proxy.onRefundResponse = () => 'pass';
    await app.start();
    await isOneRefund(id);
  });

  it('is one when the connection is reset before the answer, and the page says that it is made', async () => {
    const customer = stripe.customer();
    const id = await buyAndSettle(customer);
    const fates: ProxyAction[] = ['reset', 'pass'];
    stripe.proxy.onRefundResponse = () => fates.shift() ?? 'reset';
    expect(await askForRefunds(customer, id, [PRICE])).toMatchObject([{ status: 303, location: '/account' }]);
    expect(textOf(await customer.get('/account'))).toContain('Your refund of $19.99 has been made.');
    expect(fates).toEqual([]);
    await isOneRefund(id);
  });

  it('is one when every answer is lost and the app is killed then; the page says that it is on its way', async () => {
    const customer = stripe.customer();
    const id = await buyAndSettle(customer);
    stripe.proxy.onRefundResponse = () => 'reset';
    expect(await askForRefunds(customer, id, [PRICE])).toMatchObject([{ status: 303, location: '/account' }]);
    const account = textOf(await customer.get('/account'));
    expect(account).toContain('Your refund is requested, and will be made as soon as our payment provider answers.');
    expect(account).not.toContain('Request Refund');
    await app.end('SIGKILL');
    stripe.proxy.onRefundResponse = () => 'pass';
    await app.start();
    await isOneRefund(id);
  });
});
