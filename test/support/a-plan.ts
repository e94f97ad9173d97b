import { DEFAULT_PLAN_SETTINGS, type Plan } from '../../src/subscriptions/state/plan.js';

/** A plan of the catalog, for $15.00 a month. */
export const aPlan = (lookupKey: string, changes: Partial<Plan> = {}): Plan => ({
  lookupKey,
  productId: 'pro',
  name: 'Pro',
  description: 'All there is',
  amount: 1500,
  currency: 'usd',
  group: 'main',
  interval: 'month',
  intervalCount: 1,
  trialDays: 0,
  features: [],
  limits: {},
  settings: DEFAULT_PLAN_SETTINGS,
  ...changes,
});
