import { Customer, type Page } from '../../support/customer.js';
import { eventually } from '../../support/eventually.js';
import { eventOf, type SentEvent } from './events.js';

/** A payment whose checkout is open. What happens to it then, the tests send as events of their own. */
export interface OpenPayment {
  checkoutSessionId: string;
  paymentIntentId: string;
}

let opened = 0;

/** Clicks Buy Now, and stops there. Each time as a customer who was never there: one customer has one open checkout. */
export async function openPayment({ shopUrl }: Customer): Promise<OpenPayment> {
  const customer = new Customer(shopUrl, `customer-${process.pid}-${opened + 1}@example.com`);
  const answer = await customer.submit(await shopWithCatalog(customer), '/create-checkout-session');
  const checkoutSessionId = /cs_test_\w+/.exec(answer.location ?? '')?.[0];
  if (!checkoutSessionId) throw new Error(`Buy Now answered ${answer.status}: ${answer.html}`);
  return { checkoutSessionId, paymentIntentId: `pi_fault_${process.pid}_${++opened}` };
}

/** An app that has just started may still be bringing its catalog to Stripe. */
export const shopWithCatalog = (customer: Customer): Promise<Page> =>
  eventually('the shop has something to sell', async () => {
    const shop = await customer.get('/');
    return shop.html.includes('Buy Now') && shop;
  });

/** An event about the payment's Checkout Session. */
export const checkoutEvent = (type: string, payment: OpenPayment, changes: object): SentEvent =>
  eventOf(`checkout.session.${type}`, {
    id: payment.checkoutSessionId,
    object: 'checkout.session',
    payment_intent: payment.paymentIntentId,
    metadata: {},
    ...changes,
  });

/** The customer has paid. */
export const paidEvent = (payment: OpenPayment): SentEvent =>
  checkoutEvent('completed', payment, { status: 'complete', payment_status: 'paid' });

/** An event about the payment's nth refund, as it is then. */
export const refundEvent = (type: string, payment: OpenPayment, nth: number, changes: object): SentEvent =>
  eventOf(`refund.${type}`, {
    id: `re_${payment.paymentIntentId}_${nth}`,
    object: 'refund',
    payment_intent: payment.paymentIntentId,
    created: 1_795_000_000,
    metadata: {},
    ...changes,
  });
