import type { Changes } from '../api/subscription-changes.js';
import { updateOf } from '../api/subscription-update.js';
import { nextInvoice, tryOut } from '../billing/preview.js';
import { periodOf } from '../billing/engine/due.js';
import { loadSubscription, type Loaded } from '../billing/subscription-store.js';
import { shownDate } from '../checkout/mode-labels.js';
import { invalidRequest } from '../conventions/errors.js';
import { formatAmount } from '../model/money.js';
import type { Price } from '../model/wire.js';
import { changeAtPeriodEnd, waitsForPeriodEnd } from './plan-at-period-end.js';
import { afterFlow, type Reply, type Visit } from './reply.js';
import { billingOfVisit, ownSubscription, planText, priceText } from './subscriptions.js';

/** What the customer has chosen. */
interface Choice {
  price: Price;
  quantity: number;
  /** Undefined: the customer may not choose the quantity. */
  limits: Limits | undefined;
}

/** Between which quantities the configuration lets the customer choose. */
interface Limits {
  minimum: number;
  maximum: number;
}

const ANY_QUANTITY: Limits = { minimum: 1, maximum: 999_999 };

/** Offers the prices of the configuration that are in the subscription's currency. */
export async function choosePlan(visit: Visit): Promise<Reply> {
  const { subscription } = await ownSubscription(visit);
  const [item] = subscription.items.data;
  const { path, session } = visit.portal;
  const offered = (await offersOf(visit)).filter(({ price }) => price.currency === subscription.currency);
  const limits = offered.flatMap((offer) => offer.limits ?? []);
  const plans: object[] = [];
  for (const { price } of offered) {
    const product = await visit.tx.objects.find('product', price.product);
    const current = price.id === item?.price.id;
    plans.push({ id: price.id, name: product?.name ?? 'Plan', price: planText(price), current });
  }
  return {
    view: 'portal-plans',
    model: {
      title: 'Change your plan',
      action: `${path}/subscriptions/${subscription.id}/confirm`,
      back: session.flow ? session.return_url : `${path}/home`,
      current: priceText(subscription),
      plans,
      quantity: limits.length > 0 ? (item?.quantity ?? 1) : undefined,
      least: Math.min(...limits.map(({ minimum }) => minimum)),
      most: Math.max(...limits.map(({ maximum }) => maximum)),
    },
  };
}

/** Shows what the change costs now and next, before it is made. */
export async function confirmPlan(visit: Visit): Promise<Reply> {
  const loaded = await ownSubscription(visit);
  const choice = await choiceOf(visit, loaded, visit.query);
  const { path, session } = visit.portal;
  const product = await visit.tx.objects.find('product', choice.price.product);
  const { due, next, nextAt } = await preview(visit, loaded, choice);
  const { currency, id } = loaded.subscription;
  return {
    view: 'portal-confirm',
    model: {
      title: 'Confirm your change',
      action: `${path}/subscriptions/${id}/confirm`,
      back: session.flow ? session.return_url : `${path}/subscriptions/${id}/update`,
      name: product?.name ?? 'Plan',
      price: choice.price.id,
      quantity: choice.quantity,
      several: choice.quantity > 1,
      plan: planText(choice.price),
      due: formatAmount(due, currency),
      next: `${formatAmount(next, currency)} on ${shownDate(nextAt)}`,
    },
  };
}

/** Makes the change; where it must be paid now and is not, nothing is changed. */
export async function changePlan(visit: Visit): Promise<Reply> {
  const loaded = await ownSubscription(visit);
  const choice = await choiceOf(visit, loaded, visit.form);
  const { tx, origin } = visit;
  if (waitsForPeriodEnd(visit, loaded, choice)) {
    await changeAtPeriodEnd(visit, loaded, choice);
    return afterFlow(visit.portal);
  }
  const changes = changesFor(visit, loaded, choice, 'error_if_incomplete');
  await updateOf(tx, loaded, changes, origin);
  return afterFlow(visit.portal);
}

/** The change is made, looked at and taken back. */
async function preview(visit: Visit, loaded: Loaded, choice: Choice) {
  if (waitsForPeriodEnd(visit, loaded, choice)) {
    const next = (choice.price.unit_amount ?? 0) * choice.quantity;
    return { due: 0, next, nextAt: periodOf(loaded.subscription).end };
  }
  const { tx, origin } = visit;
  const billing = await billingOfVisit(visit, loaded.subscription);
  const { latest_invoice: before } = loaded.subscription;
  return tryOut(billing, async () => {
    const changes = changesFor(visit, loaded, choice, 'default_incomplete');
    const { id, latest_invoice: latest } = await updateOf(tx, loaded, changes, origin);
    const invoice = latest === before ? undefined : await tx.objects.find('invoice', String(latest));
    const changed = await loadSubscription(billing, id);
    if (!changed) throw new Error(`The subscription ${id} is gone`);
    const nextAt = periodOf(changed.subscription).end;
    const { amount_due: next } = await nextInvoice(billing, changed);
    return { due: invoice?.amount_due ?? 0, next, nextAt };
  });
}

function changesFor(
  { portal }: Visit,
  { subscription }: Loaded,
  { price, quantity }: Choice,
  payment_behavior: 'error_if_incomplete' | 'default_incomplete',
): Changes {
  const { subscription_update: update } = portal.configuration.features;
  const { discounts } = portal.session.flow?.subscription_update_confirm ?? {};
  const endsTrial = subscription.status === 'trialing' && update.trial_update_behavior === 'end_trial';
  return {
    items: [{ id: subscription.items.data[0]?.id, price: price.id, quantity }],
    payment_behavior,
    proration_behavior: update.proration_behavior,
    ...(update.billing_cycle_anchor !== null &&
      !endsTrial && { billing_cycle_anchor: { type: update.billing_cycle_anchor } }),
    ...(endsTrial && { trial_end: 'now' }),
    ...(discounts && {
      discounts: discounts.map(({ coupon, promotion_code: code }) => ({
        ...(coupon && { coupon: String(coupon) }),
        ...(code && { promotion_code: String(code) }),
      })),
    }),
  } as Changes;
}

/** Reads what was chosen. Throws ApiError 400 for what the configuration does not offer. */
async function choiceOf(visit: Visit, { subscription }: Loaded, said: Record<string, unknown>): Promise<Choice> {
  const [item] = subscription.items.data;
  if (!item || subscription.items.data.length > 1) throw invalidRequest('This subscription cannot be changed here.');
  const asked = said['price'] === undefined ? item.price.id : String(said['price']);
  const offer = (await offersOf(visit)).find(({ price }) => price.id === asked);
  const current = item.price.id === asked ? { price: item.price, limits: ANY_QUANTITY } : undefined;
  const chosen = offer ?? current;
  if (!chosen || chosen.price.currency !== subscription.currency)
    throw invalidRequest('This plan is not offered here.');
  const now = item.quantity ?? 1;
  if (!chosen.limits) return { ...chosen, quantity: now };
  const number = Number(said['quantity'] ?? now);
  const { minimum, maximum } = chosen.limits;
  if (!Number.isSafeInteger(number) || number < minimum || number > maximum) {
    throw invalidRequest(`The quantity must be a whole number from ${minimum} to ${maximum}.`);
  }
  return { ...chosen, quantity: number };
}

/** Where a product has limits of its own, the others may not be adjusted; otherwise `default_allowed_updates` decides for all. */
async function offersOf({ tx, portal }: Visit): Promise<Array<{ price: Price; limits: Limits | undefined }>> {
  const { default_allowed_updates: allowed, enabled, products } = portal.configuration.features.subscription_update;
  if (!enabled) throw invalidRequest('Plans cannot be changed here.');
  const areNamed = (products ?? []).some(({ adjustable_quantity: adjusted }) => adjusted.enabled);
  const byDefault = !areNamed && allowed.includes('quantity') ? ANY_QUANTITY : undefined;
  const offers: Array<{ price: Price; limits: Limits | undefined }> = [];
  for (const { adjustable_quantity: adjusted, prices } of products ?? []) {
    const { minimum, maximum } = { ...ANY_QUANTITY, ...adjusted };
    const own = adjusted.enabled ? { minimum, maximum: maximum ?? ANY_QUANTITY.maximum } : byDefault;
    for (const id of prices) {
      const price = await tx.objects.find('price', id);
      if (price) offers.push({ price, limits: own });
    }
  }
  return offers;
}
