import { Customer } from '../support/customer.js';
import { useAppProcess } from '../support/app-process.js';
import { askForRefunds, buyAndSettle, finishedRefund, refundsAtStripe } from './support/refunding.js';
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
  const app = useAppProcess();
  let stripe: StripeOutside;
  beforeAll(async () => {
    stripe = await StripeOutside.startFor(app, { forwardTo: [`${app.url}/webhook`] });
    await app.start({ ...stripe.settings, STRIPE_WEBHOOK_SECRET: stripe.sandbox.webhookSecret });
  });
  afterAll(() => stripe.stop());

  let customers = 0;
  /** Somebody who has bought nothing yet, before a shop that is open. */
  const newCustomer = async () => {
    const customer = new Customer(app.url, `customer-${++customers}@example.com`);
    await shopWithCatalog(customer);
    return customer;
  };
  /** The customer's one payment, once it is like this. */
  const theOne = async ({ email }: Customer, what: string, isSo: (payment: PaymentRow) => boolean) => {
    const look = async () => {
      const rows = await app.database.rows<PaymentRow>('SELECT * FROM payments WHERE email = ?', email);
      const [payment, ...others] = rows;
      return others.length === 0 && payment !== undefined && isSo(payment);
    };
    await eventually(`there is one payment, and it ${what}`, look, 60_000);
    const { payments, total } = await app.cli<Listed>('payments', 'list', '--email', email);
    expect(total).toBe(1);
    return payments[0] as Listed['payments'][number];
  };
  const theOneThatIs = (customer: Customer, status: string) =>
    theOne(customer, `is ${status}`, (payment) => payment.status === status);

  it('when its row was written: nothing was opened, and the row ends with the next boot', async () => {
    const customer = await newCustomer();
    await app.killAt('row written');
    await expect(customer.goToCheckout()).rejects.toThrow('fetch failed');
    await app.start();
    expect(await theOneThatIs(customer, 'expired')).toMatchObject({ checkoutSessionId: null });
  });

  it.each(['session made at Stripe', 'session noted'] as const)(
    'when its %s: the payment finds its checkout with the next boot, and is paid once',
    async (step) => {
      const customer = await newCustomer();
      await app.killAt(step);
      await expect(customer.goToCheckout()).rejects.toThrow('fetch failed');
      await app.start();
      const { checkoutSessionId } = await theOne(
        customer,
        'knows its session',
        ({ checkout_session_id: session }) => session !== null,
      );
      await customer.payByCard(await customer.get(`${stripe.sandbox.url}/c/pay/${checkoutSessionId}`));
      const { history } = await theOneThatIs(customer, 'paid');
      expect(history.map(({ to }) => to)).toEqual(['pending', 'paid']);
    },
  );

  it.each(['event stored', 'event half applied', 'event applied'] as const)(
    'when its %s: it is paid once after the next boot',
    async (step) => {
      const customer = await newCustomer();
      stripe.sandbox.holdWebhooks();
      await customer.buy();
      await app.killAt(step);
      stripe.sandbox.releaseWebhooks();
      await app.hasEnded();
      await app.start();
      const { history } = await theOneThatIs(customer, 'paid');
      expect(history.map(({ to }) => to)).toEqual(['pending', 'paid']);
    },
  );

  it.each(['refund written', 'refund made at Stripe', 'refund stored'] as const)(
    'when its %s: there is one refund after the next boot, here and at Stripe',
    async (step) => {
      const customer = await newCustomer();
      const id = await buyAndSettle(customer);
      await app.killAt(step);
      await expect(askForRefunds(customer, id, [700])).rejects.toThrow('fetch failed');
      await app.start();
      const payment = await finishedRefund(app, id);
      expect(payment).toMatchObject({ status: 'partially_refunded', amountRefunded: 700 });
      expect(payment.refunds).toMatchObject([{ amount: 700, status: 'succeeded' }]);
      expect(await refundsAtStripe(stripe, payment)).toMatchObject([{ id: payment.refunds[0]?.id, amount: 700 }]);
    },
  );
});
