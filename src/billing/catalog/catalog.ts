import type { Env } from '../../config/env.js';
import { partsOfAppName } from '../../config/shop-face.js';
import type { CheckoutChoices } from '../../stripe/stripe.types.js';
import {
  DEFAULT_PLAN_SETTINGS,
  type Plan,
  type PlanInterval,
  type PlanSettings,
  type SeatLimits,
} from '../../subscriptions/state/plan.js';

/** Something to sell, once or again and again. `npm run cli -- catalog sync` creates or updates it at Stripe. */
export interface CatalogItem {
  /** Identifies the price, here and at Stripe. Forms send it. Do not change it later. */
  lookupKey: string;
  /** Id of the product at Stripe. Several items may be prices of one product. */
  productId: string;
  name: string;
  description: string;
  /** A picture for the shop page: the name of a file in `views/assets`, 4:3. */
  image?: string;
  /** In the currency's minor unit: 1999 is USD 19.99 but JPY 1,999. Changing it creates a new price at Stripe. */
  amount: number;
  /** ISO 4217, in lower case. */
  currency: string;
  /** What makes it a plan, which is paid for again and again. Undefined: it is bought once. */
  plan?: PlanTerms;
  /** What Checkout offers besides. Undefined: nothing. */
  checkout?: CheckoutChoices;
  /** Added to the metadata of its Checkout Session and of what that makes: at most 40 texts. `app_name` and such stay ours. */
  metadata?: Readonly<Record<string, string>>;
  /** For what is bought once: how many a customer may buy at a time. Undefined: one. */
  quantity?: { min: number; max: number };
}

/** How a plan is paid for, and what it entitles to. */
export interface PlanTerms {
  /** An owner has one live plan of a group at most. Undefined: `main`. */
  group?: string;
  interval: PlanInterval;
  /** Intervals from one payment to the next. Undefined: 1. */
  intervalCount?: number;
  /** Undefined: no trial. */
  trialDays?: number;
  /** How many seats it may have. Undefined: one. */
  seats?: SeatLimits;
  /** What its owner may do, for `EntitlementsService.has(owner, feature)`. */
  features?: readonly string[];
  /** How much, by name, such as `{ projects: 10 }`. */
  limits?: Readonly<Record<string, number>>;
  /** What differs from `DEFAULT_PLAN_SETTINGS`. */
  settings?: Partial<PlanSettings>;
}

/** The catalog of this shop: edit it. It is checked at boot. A form without `price` buys the first item. */
export const catalog = (env: Env): CatalogItem[] => [
  {
    lookupKey: 'nest_stripe_billing_demo',
    productId: 'nest_stripe_billing_demo',
    name: partsOfAppName(env.appName).product,
    description:
      'A gift box with nothing in it, well wrapped. Buy it to see a payment go from the button to the books.',
    image: 'demo-product.svg',
    amount: 1999,
    currency: 'usd',
  },
  { ...PRO, lookupKey: 'nest_stripe_billing_pro_monthly', amount: 1500, plan: { ...PRO_TERMS, interval: 'month' } },
  { ...PRO, lookupKey: 'nest_stripe_billing_pro_yearly', amount: 15_000, plan: { ...PRO_TERMS, interval: 'year' } },
];

const PRO = {
  productId: 'nest_stripe_billing_pro',
  name: 'Pro',
  description:
    'A plan with a trial, seats and a feature called "pro". Subscribe to see it begin, renew, change and end.',
  currency: 'usd',
} satisfies Partial<CatalogItem>;

/** Both plans of the group are the same but for how often they are paid. */
const PRO_TERMS = { features: ['pro'], seats: { min: 1, max: 20 }, trialDays: 14 } satisfies Partial<PlanTerms>;

/** The plans of a catalog, with all that it leaves out filled in. */
export const plansOf = (items: readonly CatalogItem[]): Plan[] =>
  items.flatMap(({ lookupKey, productId, name, description, amount, currency, plan }) => {
    if (!plan) return [];
    const { group = 'main', intervalCount = 1, trialDays = 0, features = [], limits = {} } = plan;
    const settings = { ...DEFAULT_PLAN_SETTINGS, ...plan.settings };
    const named = { lookupKey, productId, name, description, amount, currency };
    return [{ ...named, ...plan, group, intervalCount, trialDays, features, limits, settings }];
  });

/** Injects the catalog, which tests replace: `@Inject(CATALOG) items: CatalogItem[]`. */
export const CATALOG = Symbol('CATALOG');
