import { aPlan } from '../../../test/support/a-plan.js';
import type { Price } from '../../stripe/stripe.types.js';
import type { Plan } from '../state/plan.js';
import { portalFeaturesOf } from './portal-features.js';

const seats = { min: 2, max: 20 };

describe('the portal of a group of plans', () => {
  /** What may be changed, where Stripe has a price for each of the plans, and one of another group. */
  const updatesOf = (...plans: Plan[]) => {
    const prices = [...plans, aPlan('of_another_group', { productId: 'other' })].map(
      ({ lookupKey, productId }) => ({ id: `price_${lookupKey}`, lookup_key: lookupKey, product: productId }) as Price,
    );
    return portalFeaturesOf(plans, prices).subscription_update;
  };

  it('offers its prices alone, by product, and seats within their limits', () => {
    const plans = [aPlan('monthly', { seats }), aPlan('yearly', { seats }), aPlan('basic', { productId: 'basic' })];
    expect(updatesOf(...plans)).toMatchObject({
      enabled: true,
      default_allowed_updates: ['price', 'promotion_code', 'quantity'],
      products: [
        {
          product: 'pro',
          prices: ['price_monthly', 'price_yearly'],
          adjustable_quantity: { enabled: true, minimum: 2, maximum: 20 },
        },
        { product: 'basic', prices: ['price_basic'], adjustable_quantity: { enabled: false } },
      ],
    });
  });

  it('offers no seats where the plans of a product have other limits, or none has seats', () => {
    for (const other of [{ seats: { min: 2, max: 10 } }, {}]) {
      const updates = updatesOf(aPlan('monthly', { seats }), aPlan('yearly', other));
      expect(updates).toMatchObject({
        default_allowed_updates: ['price', 'promotion_code'],
        products: [{ adjustable_quantity: { enabled: false } }],
      });
    }
  });

  it('offers ten products, and of more no change at all', () => {
    const plans = Array.from({ length: 11 }, (_, at) => aPlan(`plan_${at}`, { productId: `product_${at}` }));
    expect(updatesOf(...plans.slice(1))?.products).toHaveLength(10);
    expect(updatesOf(...plans)).toEqual({ enabled: false });
  });
});
