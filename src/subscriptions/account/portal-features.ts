import { idOf } from '../../stripe/stripe-fields.js';
import type { PortalFeatures, Price } from '../../stripe/stripe.types.js';
import type { Plan, SeatLimits } from '../state/plan.js';

/** Stripe's limit of products that a customer may choose from in the portal. */
export const MOST_PRODUCTS = 10;

/** What the portal offers to who has a plan of a group. `prices` are Stripe's, by lookup key; others are left out. */
export function portalFeaturesOf(plans: readonly Plan[], prices: readonly Price[]): PortalFeatures {
  return {
    customer_update: { enabled: true, allowed_updates: ['email', 'name', 'address', 'tax_id'] },
    invoice_history: { enabled: true },
    payment_method_update: { enabled: true },
    subscription_cancel: {
      enabled: true,
      mode: 'at_period_end',
      cancellation_reason: {
        enabled: true,
        options: ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'],
      },
    },
    subscription_update: planChangesOf(plans, prices),
  };
}

function planChangesOf(plans: readonly Plan[], prices: readonly Price[]): PortalFeatures['subscription_update'] {
  const byProduct = new Map<string, string[]>();
  for (const { id, lookup_key: key, product } of prices) {
    if (!plans.some(({ lookupKey }) => lookupKey === key)) continue;
    const productId = idOf(product) ?? '';
    byProduct.set(productId, [...(byProduct.get(productId) ?? []), id]);
  }
  if (byProduct.size === 0 || byProduct.size > MOST_PRODUCTS) return { enabled: false };
  const products = [...byProduct].map(([product, ids]) => {
    const seats = sameSeats(plans.filter(({ productId }) => productId === product));
    const limits = seats ? { enabled: true, minimum: seats.min, maximum: seats.max } : { enabled: false };
    return { product, prices: ids, adjustable_quantity: limits };
  });
  const haveSeats = products.some(({ adjustable_quantity: { enabled } }) => enabled);
  return {
    enabled: true,
    products,
    default_allowed_updates: ['price', 'promotion_code', ...(haveSeats ? (['quantity'] as const) : [])],
    proration_behavior: 'always_invoice',
  };
}

/** The seats that all plans of a product may have. Stripe has one pair of limits for a product: where plans differ, none. */
function sameSeats(plans: readonly Plan[]): SeatLimits | undefined {
  const [first] = plans;
  const isSame = plans.every(({ seats }) => seats?.min === first?.seats?.min && seats?.max === first?.seats?.max);
  return isSame && first?.seats && first.seats.max > 1 ? first.seats : undefined;
}
