import { methodNamed } from '../billing/collect.js';
import { subscriptionIdOf } from '../billing/invoice-store.js';
import { shownDate } from '../checkout/mode-labels.js';
import { shownInvoice } from '../hosted-invoice/model.js';
import { formatAmount } from '../model/money.js';
import type { Invoice, PaymentMethod, Subscription } from '../model/wire.js';
import { methodName } from '../portal/payment-methods.js';
import { planNameOf, priceText } from '../portal/subscriptions.js';
import type { Tx } from '../state/store.js';
import type { Letter } from './mail.js';

/** A trial ends in three days. */
export async function trialLetter(tx: Tx, subscription: Subscription): Promise<Letter> {
  const customer = await tx.objects.find('customer', String(subscription.customer));
  const plan = await planNameOf(tx, subscription);
  const end = shownDate(subscription.trial_end ?? subscription.created);
  const method = await methodNamed({ tx } as Billing, undefined, subscription, customer);
  return {
    to: customer?.email ?? '',
    subject: `Your trial of ${plan} ends on ${end}`,
    heading: 'Your trial ends soon',
    paragraphs: [
      `Your trial of ${plan} ends on ${end}. From then on it is ${priceText(subscription)}.`,
      method
        ? `We will charge your ${methodName(method)}, unless you cancel before.`
        : 'Please add a payment method to go on.',
    ],
    links: [],
    portalOf: customer?.id,
    about: [{ label: plan, href: `/subscriptions/${subscription.id}` }],
  };
}

/**
 * A renewal lies ahead. Where the card will have expired by then, the mail asks for a new one. Undefined for the end of a
 * trial, of which another mail reminds.
 */
export async function renewalLetter(tx: Tx, upcoming: Invoice): Promise<Letter | undefined> {
  const id = subscriptionIdOf(upcoming) ?? '';
  const subscription = await tx.objects.find('subscription', id);
  if (subscription?.trial_end === upcoming.period_end) return undefined;
  const customer = await tx.objects.find('customer', String(upcoming.customer));
  const method = await methodNamed({ tx } as Billing, undefined, subscription, customer);
  const plan = subscription ? await planNameOf(tx, subscription) : 'your plan';
  const [amount, date] = [formatAmount(upcoming.amount_due, upcoming.currency), shownDate(upcoming.period_end)];
  const expiring = method && expiresBefore(method, upcoming.period_end) ? methodName(method) : undefined;
  const { lines, sums } = shownInvoice(upcoming);
  return {
    to: upcoming.customer_email ?? '',
    subject: expiring ? `Your ${expiring} expires before your next payment` : `Your ${plan} renews on ${date}`,
    heading: expiring ? 'Please update your card' : 'Your subscription renews soon',
    amount,
    paragraphs: [
      `${plan} renews on ${date} for ${amount}.`,
      ...(expiring ? [`Your ${expiring} will have expired by then: please add another one.`] : []),
      ...(method && !expiring ? [`We will charge your ${methodName(method)}.`] : []),
    ],
    lines,
    sums,
    links: [],
    portalOf: customer?.id,
    about: [{ label: plan, href: `/subscriptions/${id}` }],
  };
}

/** A card is good to the end of its month. `time` in Unix seconds. */
function expiresBefore({ card }: PaymentMethod, time: number): boolean {
  return card !== null && card !== undefined && Date.UTC(card.exp_year, card.exp_month) <= time * 1000;
}

type Billing = Parameters<typeof methodNamed>[0];
