import { pauseRefusal } from '../api/subscription-pauses.js';
import { billingFor, type Billing } from '../billing/billing.js';
import { periodOf } from '../billing/engine/due.js';
import { nextInvoice, tryOut } from '../billing/preview.js';
import { loadSubscription, type Loaded } from '../billing/subscription-store.js';
import { intervalOf, shownDate } from '../checkout/mode-labels.js';
import { noSuch } from '../conventions/errors.js';
import { SUBSCRIPTION_TONES } from '../http/billing-labels.js';
import type { Pill } from '../http/components.js';
import { formatAmount } from '../model/money.js';
import type { Price, Subscription } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { methodName } from './payment-methods.js';
import type { Visit } from './reply.js';

/** Others are paid, or resumed, first. */
const CHANGEABLE = ['active', 'trialing', 'past_due'];
const OVER = ['canceled', 'incomplete_expired'];
const isOver = ({ status }: Subscription): boolean => OVER.includes(status);

/** A subscription as the portal shows it. */
export interface ShownSubscription {
  id: string;
  name: string;
  /** `$20.00 per month` */
  price: string;
  status: Pill;
  /** What happens next, with its date and amount. */
  next: string;
  canCancel: boolean;
  canUndo: boolean;
  canPause: boolean;
  canResume: boolean;
  canUpdate: boolean;
  /** Its own payment method, which it is charged by instead of the customer's default: `Visa •••• 4242`. */
  paidBy?: string;
  canChangeMethod: boolean;
}

/** The customer's subscriptions that have not ended, the newest first. */
export async function shownSubscriptions(visit: Visit): Promise<ShownSubscription[]> {
  const shown: ShownSubscription[] = [];
  for (const subscription of await ownSubscriptions(visit)) shown.push(await show(visit, subscription));
  return shown;
}

/** The same as the API has them. */
export async function ownSubscriptions({ tx, portal }: Visit): Promise<Subscription[]> {
  const found = await tx.objects.list('subscription', { limit: -1, where: { customer: portal.customer.id } });
  return found.filter((subscription) => !isOver(subscription));
}

async function show(visit: Visit, subscription: Subscription): Promise<ShownSubscription> {
  const {
    payment_method_update: methods,
    subscription_cancel: cancel,
    subscription_pause: pause,
    subscription_update: update,
  } = visit.portal.configuration.features;
  const ends = subscription.cancel_at !== null || subscription.cancel_at_period_end;
  const found = await visit.tx.objects.find('payment_method', String(subscription.default_payment_method));
  const own = found?.customer === visit.portal.customer.id ? found : undefined; // one that was removed is charged no more
  return {
    id: subscription.id,
    name: await planNameOf(visit.tx, subscription),
    price: priceText(subscription),
    status: {
      tone: ends ? 'waiting' : (SUBSCRIPTION_TONES[subscription.status] ?? 'plain'),
      text: ends ? 'ends' : subscription.status.replaceAll('_', ' '),
    },
    next: await nextText(visit, subscription),
    canCancel: cancel.enabled && !ends,
    canUndo: cancel.enabled && ends,
    canPause: pause.enabled && !ends && pauseRefusal(subscription) === undefined,
    canResume: pause.enabled && subscription.status === 'paused',
    canUpdate:
      update.enabled &&
      !ends &&
      CHANGEABLE.includes(subscription.status) &&
      subscription.items.data.length === 1 &&
      subscription.schedule === null,
    ...(own && { paidBy: methodName(own) }),
    canChangeMethod: methods.enabled && own !== undefined,
  };
}

/** The names of its products: `Pro, Seats`. */
export async function planNameOf({ objects }: Tx, { items }: Subscription): Promise<string> {
  const names: string[] = [];
  for (const { price } of items.data) names.push((await objects.find('product', price.product))?.name ?? 'Plan');
  return names.join(', ');
}

/** The sum of all items for their interval. */
export function priceText({ items, currency }: Subscription): string {
  const sum = items.data.reduce((total, { price, quantity }) => total + (price.unit_amount ?? 0) * (quantity ?? 1), 0);
  return `${formatAmount(sum, currency)} ${intervalOf(items.data[0]?.price)}`;
}

export const planText = (price: Price): string =>
  `${formatAmount(price.unit_amount ?? 0, price.currency)} ${intervalOf(price)}`;

async function nextText(visit: Visit, subscription: Subscription): Promise<string> {
  const { end } = periodOf(subscription);
  if (subscription.cancel_at !== null || subscription.cancel_at_period_end) {
    return `Ends on ${shownDate(subscription.cancel_at ?? end)}`;
  }
  if (!CHANGEABLE.includes(subscription.status)) return '';
  const changed = await nextPhaseText(visit.tx, subscription);
  if (changed !== undefined) return changed;
  const billing = await billingOfVisit(visit, subscription);
  const loaded = await loadSubscription(billing, subscription.id);
  if (!loaded) return '';
  const { amount_due: due, currency } = await tryOut(billing, () => nextInvoice(billing, loaded));
  const when = `on ${shownDate(end)} for ${formatAmount(due, currency)}`;
  return subscription.status === 'trialing' ? `Trial ends ${when}` : `Renews ${when}`;
}

/** The change that a schedule has in store; undefined without one. */
async function nextPhaseText({ objects }: Tx, { currency, schedule }: Subscription): Promise<string | undefined> {
  const found = schedule === null ? undefined : await objects.find('subscription_schedule', String(schedule));
  const next = found?.phases.find(({ start_date: start }) => start === found.current_phase?.end_date);
  if (!next) return undefined;
  let sum = 0;
  let first: Price | undefined;
  for (const { price: id, quantity } of next.items) {
    const price = await objects.find('price', String(id));
    first ??= price;
    sum += (price?.unit_amount ?? 0) * (quantity ?? 1);
  }
  return `Changes to ${formatAmount(sum, currency)} ${intervalOf(first)} on ${shownDate(next.start_date)}`;
}

/** Billing by the clock of a subscription. */
export const billingOfVisit = (
  { tx, origin }: Visit,
  { test_clock: clock }: Pick<Subscription, 'test_clock'>,
): Promise<Billing> => billingFor(tx, origin, clock as string | null);

/** The subscription that the address names; one of another customer is as if it were not there. */
export async function ownSubscription({ tx, portal, named }: Visit): Promise<Loaded> {
  const id = String(named['subscription']);
  const loaded = await loadSubscription({ tx }, id);
  if (loaded?.subscription.customer === portal.customer.id && !isOver(loaded.subscription)) return loaded;
  throw noSuch('subscription', id, 'id', 404);
}
