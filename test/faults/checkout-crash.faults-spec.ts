import { useAppProcess } from '../support/app-process.js';
import { askForRefunds, buyAndSettle, finishedRefund, refundsAtStripe, paymentJson } from './support/refunding.js';
import { shopWithCatalog } from './support/open-payment.js';
import { StripeOutside } from './support/stripe-outside.js';
import { eventually } from '../support/eventually.js';

interface Listed {
  payments: { id: string; checkoutSessionId: string | null; status: string; history: { to: string }[] }[];
  total: number;
}

interface PaymentRow {
  status: string;
  checkout_session_id: string | null;
}

/** What was left unfinished is looked for every 20 s. */
import.meta.jest.setTimeout(150_000);

describe('a purchase during which the app is killed', () => {
  const app = useAppProcess(undefined, { forEachTest: true });
  let stripe: StripeOutside;
  beforeEach(async () => {
    stripe = await StripeOutside.startFor(app, { forwardTo: [`${app.url}/webhook`] });
  });
  afterEach(() => stripe.stop());

  const settings = () => ({ ...stripe.settings, STRIPE_WEBHOOK_SECRET: stripe.sandbox.webhookSecret });
  /** The one payment, once it is like this. */
  const theOne = async (what: string, isSo: (payment: PaymentRow) => boolean) => {
    const look = async () => {
      const [payment, ...others] = await app.database.rows<PaymentRow>('SELECT * FROM payments');
      return others.length === 0 && payment !== undefined && isSo(payment);
    };
    await eventually(`there is one payment, and it ${what}`, look, 60_000);
    const { payments, total } = await app.cli<Listed>('payments', 'list');
    expect(total).toBe(1);
    return payments[0] as Listed['payments'][number];
  };
  const theOneThatIs = (status: string) => theOne(`is ${status}`, (payment) => payment.status === status);

  it('when its row was written: nothing was opened, and the row ends with the next boot', async () => {
    await app.start(settings(), { killAt: 'row written' });
    await shopWithCatalog(stripe.customer());
    await expect(stripe.customer().goToCheckout()).rejects.toThrow('fetch failed');
    await app.start();
    expect(await theOneThatIs('expired')).toMatchObject({ checkoutSessionId: null });
  });

  it.each(['session made at Stripe', 'session noted'] as const)(
    'when its %s: the payment finds its checkout with the next boot, and is paid once',
    async (killAt) => {
      await app.start(settings(), { killAt });
      await shopWithCatalog(stripe.customer());
      await expect(stripe.customer().goToCheckout()).rejects.toThrow('fetch failed');
      await app.start();
      const { checkoutSessionId } = await theOne(
        'knows its session',
        ({ checkout_session_id: session }) => session !== null,
      );
      const customer = stripe.customer();
      await customer.payByCard(await customer.get(`${stripe.sandbox.url}/c/pay/${checkoutSessionId}`));
      const { history } = await theOneThatIs('paid');
      expect(history.map(({ to }) => to)).toEqual(['pending', 'paid']);
    },
  );

  it.each(['event stored', 'event half applied', 'event applied'] as const)(
    'when its %s: it is paid once after the next boot',
    async (killAt) => {
      await app.start(settings());
      await shopWithCatalog(stripe.customer());
      stripe.sandbox.holdWebhooks();
      const customer = stripe.customer();
      await customer.buy();
      await app.end('SIGTERM');
      app.launch({ killAt });
      stripe.sandbox.releaseWebhooks();
      await app.hasEnded();
      await app.start();
      const { history } = await theOneThatIs('paid');
      expect(history.map(({ to }) => to)).toEqual(['pending', 'paid']);
    },
  );

  it.each(['refund written', 'refund made at Stripe', 'refund stored'] as const)(
    'when its %s: there is one refund after the next boot, here and at Stripe',
    async (killAt) => {
      await app.start(settings());
      const id = await buyAndSettle(stripe.customer());
      await app.end('SIGTERM');
      await app.start({}, { killAt });
      await expect(askForRefunds(stripe.customer(), id, [700])).rejects.toThrow('fetch failed');
      await app.start();
      await finishedRefund(app, id);
      const payment = await paymentJson(app, id);
      expect(payment).toMatchObject({ status: 'partially_refunded', amountRefunded: 700 });
      expect(payment.refunds).toMatchObject([{ amount: 700, status: 'succeeded' }]);
      expect(await refundsAtStripe(stripe, payment)).toMatchObject([{ id: payment.refunds[0]?.id, amount: 700 }]);
    },
  );
});
