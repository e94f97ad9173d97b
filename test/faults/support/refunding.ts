import { askStripe } from '../../support/ask-stripe.js';
import type { Customer, Page } from '../../support/customer.js';
import { eventually } from '../../support/eventually.js';
import type { AppProcess } from '../../support/app-process.js';
import { shopWithCatalog } from './open-payment.js';
import type { StripeOutside } from './stripe-outside.js';

interface Refund {
  id: string;
  amount: number;
  status: string;
}

interface PaymentJson {
  paymentIntentId: string;
  status: string;
  amount: number;
  amountRefunded: number;
  refunds: Refund[];
}

/** Buys, and comes back to the success page, which settles the payment. Gives the Checkout Session's id. */
export async function buyAndSettle(customer: Customer): Promise<string> {
  await shopWithCatalog(customer);
  const id = await customer.buy();
  await customer.get(`/success?checkout_sid=${id}`);
  return id;
}

/** Asks for refunds at once; an amount left out is all that is left. */
export async function askForRefunds(
  customer: Customer,
  checkoutSessionId: string,
  amounts: readonly (number | undefined)[],
): Promise<Page[]> {
  const csrf = await customer.csrf();
  const fields = { _csrf: csrf, checkout_sid: checkoutSessionId };
  return Promise.all(
    amounts.map((amount) =>
      customer.post('/refund', { ...fields, ...(amount !== undefined && { amount: String(amount) }) }),
    ),
  );
}

/** One payment, as the command line prints it. */
export const paymentJson = (app: Pick<AppProcess, 'cli'>, checkoutSessionId: string): Promise<PaymentJson> =>
  app.cli<PaymentJson>('payments', 'show', checkoutSessionId);

/** Waits until the payment's one refund is done. */
export async function finishedRefund(app: AppProcess, checkoutSessionId: string): Promise<PaymentJson> {
  const sql = `SELECT refunds.status FROM refunds JOIN payments ON payments.id = refunds.payment_id
               WHERE checkout_session_id = ? ORDER BY refunds.id`;
  await eventually('the refund is done', async () => {
    const [refund] = await app.database.rows<{ status: string }>(sql, checkoutSessionId);
    return refund?.status === 'succeeded';
  });
  return paymentJson(app, checkoutSessionId);
}

/** Every refund of the payment that Stripe knows of. */
export async function refundsAtStripe({ sandbox }: StripeOutside, { paymentIntentId }: PaymentJson): Promise<Refund[]> {
  const path = `/v1/refunds?limit=100&payment_intent=${paymentIntentId}`;
  return (await askStripe<{ data: Refund[] }>(sandbox.url, path)).data;
}

export const sumOf = (refunds: readonly { amount: number }[]) => refunds.reduce((sum, { amount }) => sum + amount, 0);
