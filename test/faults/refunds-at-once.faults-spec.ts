import { useAppProcess } from '../support/app-process.js';
import { askForRefunds, buyAndSettle, refundsAtStripe, sumOf, paymentJson } from './support/refunding.js';
import { SeededRandom } from '../support/seeded-random.js';
import { StripeOutside } from './support/stripe-outside.js';

const TIMES = 50;
const PRICE = 1999;

describe('50 refunds of one payment at once', () => {
  const random = SeededRandom.announced('refunds');
  const app = useAppProcess();
  let stripe: StripeOutside;
  beforeAll(async () => {
    stripe = await StripeOutside.startFor(app);
    await app.start(stripe.settings);
  });
  afterAll(() => stripe.stop());

  it('of the whole are one refund; the others are answered that nothing is left', async () => {
    const id = await buyAndSettle(stripe.customer());
    const answers = await askForRefunds(stripe.customer(), id, Array(TIMES).fill(undefined));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, ...Array(TIMES - 1).fill(409)]);
    const payment = await paymentJson(app, id);
    expect(sumOf(await refundsAtStripe(stripe, payment))).toBe(PRICE);
    expect(payment).toMatchObject({ status: 'refunded', refunds: [{ amount: PRICE }] });
  });

  it('of parts are never more than the amount, here or at Stripe', async () => {
    const id = await buyAndSettle(stripe.customer());
    const amounts = Array.from({ length: TIMES }, () => random.between(100, 900));
    const answers = await askForRefunds(stripe.customer(), id, amounts);
    const made = amounts.filter((_, index) => answers[index]?.status === 303);
    const refused = amounts.filter((_, index) => answers[index]?.status === 409);
    const refunded = made.reduce((sum, amount) => sum + amount, 0);

    expect(made.length + refused.length).toBe(TIMES);
    expect(refunded).toBeLessThanOrEqual(PRICE);
    expect(Math.min(...refused)).toBeGreaterThan(PRICE - refunded); // none was refused that there was money for
    const payment = await paymentJson(app, id);
    expect(sumOf(await refundsAtStripe(stripe, payment))).toBe(refunded);
    expect(payment.amountRefunded).toBe(refunded);
    expect(payment.refunds.map(({ amount }) => amount).toSorted()).toEqual(made.toSorted());
  });
});
