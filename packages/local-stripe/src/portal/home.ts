import { shownDate } from '../checkout/mode-labels.js';
import { INVOICE_TONES } from '../http/billing-labels.js';
import { formatAmount } from '../model/money.js';
import type { Customer, Invoice } from '../model/wire.js';
import { shownMethods } from './payment-methods.js';
import type { Reply, Visit } from './reply.js';
import { shownSubscriptions } from './subscriptions.js';

/** The page that a portal's link opens: that of its flow, or the first page. */
export async function start({ portal: { session, path } }: Visit): Promise<Reply> {
  const { flow } = session;
  switch (flow?.type) {
    case 'subscription_cancel':
      return { redirect: `${path}/subscriptions/${flow.subscription_cancel?.subscription}/cancel` };
    case 'subscription_pause':
      return { redirect: `${path}/subscriptions/${flow.subscription_pause?.subscription}/pause` };
    case 'subscription_update':
      return { redirect: `${path}/subscriptions/${flow.subscription_update?.subscription}/update` };
    case 'subscription_update_confirm': {
      const { items = [], subscription } = flow.subscription_update_confirm ?? {};
      const query = new URLSearchParams({
        ...(items[0]?.price && { price: items[0].price }),
        ...(items[0]?.quantity !== undefined && { quantity: String(items[0].quantity) }),
      });
      return { redirect: `${path}/subscriptions/${subscription}/confirm?${query}` };
    }
    case 'payment_method_update':
      return { redirect: `${path}/payment-methods/new` };
    case 'customer_update':
      return { redirect: `${path}/details` };
    default:
      return { redirect: `${path}/home` };
  }
}

const INVOICES_SHOWN = 24;

/** The first page: subscriptions, payment methods, details and invoices, as far as the configuration shows them. */
export async function home(visit: Visit): Promise<Reply> {
  const { tx, portal } = visit;
  const { configuration, customer, session, path } = portal;
  const { customer_update: details, invoice_history: history, payment_method_update: methods } = configuration.features;
  const where = { customer: customer.id, status: ['paid', 'open', 'uncollectible', 'void'] };
  const invoices = history.enabled ? await tx.objects.list('invoice', { limit: INVOICES_SHOWN, where }) : [];
  return {
    view: 'portal',
    model: {
      title: 'Billing',
      path,
      headline: configuration.business_profile.headline ?? 'Manage your billing',
      privacyUrl: configuration.business_profile.privacy_policy_url,
      termsUrl: configuration.business_profile.terms_of_service_url,
      returnUrl: session.return_url,
      subscriptions: await shownSubscriptions(visit),
      methods: methods.enabled ? { list: await shownMethods(visit) } : undefined,
      details: details.enabled ? { lines: linesOf(customer) } : undefined,
      history: history.enabled ? { invoices: invoices.map((invoice) => shownInvoice(invoice)) } : undefined,
    },
  };
}

const linesOf = ({ address, email, name, phone }: Customer): string[] =>
  [
    name,
    email,
    address?.line1,
    address?.line2,
    [address?.postal_code, address?.city].filter(Boolean).join(' '),
    phone,
  ].filter((line): line is string => typeof line === 'string' && line !== '');

const shownInvoice = ({ created, currency, hosted_invoice_url: url, number, status, total }: Invoice) => ({
  date: shownDate(created),
  amount: formatAmount(total, currency),
  number,
  url,
  status: { tone: INVOICE_TONES[String(status)] ?? 'plain', text: status },
});

/** What is shown when a flow is done (`after_completion[type]=hosted_confirmation`). */
export const done = async ({ portal: { session, path } }: Visit): Promise<Reply> => ({
  view: 'portal-done',
  model: {
    title: 'Done',
    message: session.flow?.after_completion.hosted_confirmation?.custom_message ?? 'Your changes have been saved.',
    returnUrl: session.return_url,
    home: session.flow ? undefined : `${path}/home`,
  },
});
