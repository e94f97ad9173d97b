import type { Action } from './actions.js';
import { listParams, type Params } from './calls.js';
import type { Shop } from './shop.js';

/** What is done by calls of their own. */
type OwnCall =
  'subscribe' | 'card' | 'credit' | 'pay' | 'refund' | 'cancel' | 'pause' | 'resume' | 'schedule' | 'end_schedule';

/** What is done by `POST /v1/subscriptions/:id`. */
export type Update = Exclude<Action, { do: OwnCall }>;

interface Context {
  /** The id of the subscription's first item. */
  item: string;
  /** Unix seconds. */
  at: number;
  shop: Shop;
}

/** The parameters of an update. */
export function updateFor(action: Update, { item, at, shop }: Context): Params {
  switch (action.do) {
    case 'change':
      return {
        'items[0][id]': item,
        'items[0][price]': shop.price(action.plan),
        'items[0][quantity]': String(action.quantity),
        proration_behavior: action.behavior,
        ...(action.anchorNow && { 'billing_cycle_anchor[type]': 'now' }),
      };
    case 'seats':
      return {
        'items[0][id]': item,
        'items[0][quantity]': String(action.quantity),
        proration_behavior: action.behavior,
      };
    case 'add':
      return { 'items[0][price]': shop.price(action.plan), proration_behavior: action.behavior };
    case 'remove':
      return { 'items[0][id]': item, 'items[0][deleted]': 'true', proration_behavior: action.behavior };
    case 'cancel_at_period_end':
      return { cancel_at_period_end: String(action.set) };
    case 'cancel_at':
      return { cancel_at: String(at + action.afterS), proration_behavior: action.behavior };
    case 'discount':
      return action.coupon === 'none' ? { discounts: '' } : { 'discounts[0][coupon]': action.coupon };
    case 'tax':
      return listParams(
        'default_tax_rates',
        action.rates.map((name) => shop.taxRate(name)),
      );
    case 'end_trial':
      return { trial_end: 'now' };
    case 'extend_trial':
      return { trial_end: String(at + action.days * 86_400) };
    case 'pause_collection':
      if (action.behavior === 'none') return { pause_collection: '' };
      return {
        'pause_collection[behavior]': action.behavior,
        ...(action.resumesAfterS > 0 && { 'pause_collection[resumes_at]': String(at + action.resumesAfterS) }),
      };
  }
}
