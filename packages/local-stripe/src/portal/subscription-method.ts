import { saveSubscription } from '../billing/subscription-store.js';
import { invalidRequest } from '../conventions/errors.js';
import { detach } from '../payments/payment-methods.js';
import { mustBeOn, ownMethod, shownMethods } from './payment-methods.js';
import type { Reply, Visit } from './reply.js';
import { billingOfVisit, ownSubscription, ownSubscriptions, priceText } from './subscriptions.js';

/**
 * Asks which payment method a subscription is charged by. One bought on Checkout has its card as its own, so that a new
 * default of the customer does not replace it (Stripe documents that the portal sets the customer's default alone; that
 * it lets a subscription's own be changed is an inference).
 */
export async function askForMethod(visit: Visit): Promise<Reply> {
  const { path } = visit.portal;
  mustBeOn(visit);
  const { subscription } = await ownSubscription(visit);
  const methods = await shownMethods(visit);
  return {
    view: 'portal-method',
    model: {
      title: 'Change the payment method',
      action: `${path}/subscriptions/${subscription.id}/payment-method`,
      add: `${path}/payment-methods/new`,
      back: `${path}/home`,
      price: priceText(subscription),
      methods: methods.map((method) => ({ ...method, isChosen: method.id === subscription.default_payment_method })),
    },
  };
}

/** Charges a subscription by the chosen method from now on. */
export async function changeMethod(visit: Visit): Promise<Reply> {
  const { id } = await ownMethod(visit, visit.form['method']);
  const { subscription: before, notes } = await ownSubscription(visit);
  const billing = await billingOfVisit(visit, before);
  await saveSubscription(billing, { subscription: { ...before, default_payment_method: id }, notes }, before);
  return { redirect: `${visit.portal.path}/home` };
}

/**
 * Detaches a payment method, unless a subscription would have none left (Stripe's support page of the portal: "to change
 * their payment method, they’ll need to add a new one before deleting the existing one"). What is added is the default.
 */
export async function removeMethod(visit: Visit): Promise<Reply> {
  const { tx, portal } = visit;
  const { default_payment_method: byDefault } = portal.customer.invoice_settings;
  const method = await ownMethod(visit);
  if (byDefault === method.id) throw invalidRequest('This is your default payment method. Choose another one first.');
  const paidBy = (await ownSubscriptions(visit)).some(({ default_payment_method: own }) => own === method.id);
  if (paidBy && byDefault === null)
    throw invalidRequest('Your plan is paid by this payment method. Add another first.');
  await detach(tx, method);
  return { redirect: `${portal.path}/home` };
}
