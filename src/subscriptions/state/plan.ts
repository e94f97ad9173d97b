/** How often a plan is paid for. */
export type PlanInterval = 'day' | 'week' | 'month' | 'year';

/** What a refunded or disputed invoice of the present period does to access. */
export type AccessAfterReversal = 'keep' | 'revoke';

/** What the shop decides for a plan where Stripe leaves it open. `DEFAULT_PLAN_SETTINGS` has the defaults. */
export interface PlanSettings {
  /** How long access lasts after the first failed payment of an invoice, days. Defaults to 7. */
  graceDays: number;
  /** Defaults to `keep`. */
  afterRefund: AccessAfterReversal;
  /** Defaults to `keep`. */
  afterDispute: AccessAfterReversal;
  /** Whether access lasts while Stripe voids the invoices (`pause_collection`). Defaults to true. */
  accessWhilePaymentsPaused: boolean;
  /** Whether an owner who had a trial, of whichever plan, gets none of this one. Defaults to true. */
  trialOncePerOwner: boolean;
  /** What happens to a second live subscription of the group: the newer is reported, or canceled and refunded. Defaults to `report`. */
  secondSubscription: 'report' | 'cancel';
}

export const DEFAULT_PLAN_SETTINGS: PlanSettings = {
  graceDays: 7,
  afterRefund: 'keep',
  afterDispute: 'keep',
  accessWhilePaymentsPaused: true,
  trialOncePerOwner: true,
  secondSubscription: 'report',
};

/** How many seats a plan may have. */
export interface SeatLimits {
  min: number;
  max: number;
}

/** What is bought again and again: one recurring price. */
export interface Plan {
  /** The lookup key of its price, here and at Stripe. */
  lookupKey: string;
  productId: string;
  name: string;
  description: string;
  /** Minor units of `currency` for one seat and one interval. */
  amount: number;
  /** ISO 4217, in lower case. */
  currency: string;
  /** An owner has one live plan of a group at most, and may change between the plans of a group. */
  group: string;
  interval: PlanInterval;
  /** Intervals from one payment to the next: 3 months is `interval: 'month', intervalCount: 3`. */
  intervalCount: number;
  /** 0: none. */
  trialDays: number;
  /** Undefined: one, and no choice of seats. */
  seats?: SeatLimits | undefined;
  /** What its owner may do, for `EntitlementsService.has(owner, feature)`. */
  features: readonly string[];
  /** How much, by name, such as `{ projects: 10 }`. */
  limits: Readonly<Record<string, number>>;
  settings: PlanSettings;
}

/** Injects the plans of the catalog: `@Inject(PLANS) plans: readonly Plan[]`. */
export const PLANS = Symbol('PLANS');
