import fc from 'fast-check';

/** The prices that subscriptions here change between, in cents; each plan is one price of its own product. */
export const PLANS = {
  small: { unit_amount: 1000, interval: 'month', interval_count: 1 },
  large: { unit_amount: 3252, interval: 'month', interval_count: 1 },
  quarterly: { unit_amount: 2700, interval: 'month', interval_count: 3 },
  yearly: { unit_amount: 12_000, interval: 'year', interval_count: 1 },
  weekly: { unit_amount: 499, interval: 'week', interval_count: 1 },
  free: { unit_amount: 0, interval: 'month', interval_count: 1 },
} as const;

export type Plan = keyof typeof PLANS;

/** Coupons by id: how much off, and for how long. */
export const COUPONS = {
  fifth: { percent_off: '20', duration: 'forever' },
  once: { amount_off: '300', currency: 'usd', duration: 'once' },
  quarter: { percent_off: '33.3', duration: 'repeating', duration_in_months: '3' },
} as const;

export type Behavior = 'create_prorations' | 'always_invoice' | 'none';

/** What is done to the customer's newest subscription, or to the customer. */
export type Action =
  | { do: 'change'; plan: Plan; quantity: number; behavior: Behavior; anchorNow: boolean }
  | { do: 'seats'; quantity: number; behavior: Behavior }
  | { do: 'add'; plan: Plan; behavior: Behavior }
  | { do: 'remove'; behavior: Behavior }
  | { do: 'cancel'; prorate: boolean; invoiceNow: boolean }
  | { do: 'cancel_at_period_end'; set: boolean }
  | { do: 'cancel_at'; afterS: number; behavior: Behavior }
  | { do: 'discount'; coupon: keyof typeof COUPONS | 'none' }
  | { do: 'card'; fails: boolean }
  | { do: 'end_trial' }
  | { do: 'extend_trial'; days: number }
  | { do: 'pause_collection'; behavior: 'keep_as_draft' | 'mark_uncollectible' | 'void' | 'none' }
  | { do: 'pay' }
  | { do: 'refund'; amount: number }
  | { do: 'credit'; amount: number }
  | { do: 'subscribe'; plan: Plan };

export interface Scenario {
  /** Unix seconds. */
  startsAt: number;
  /** Whether the customer has a test clock; otherwise the server's clock is moved. */
  testClock: boolean;
  mode: 'flexible' | 'classic';
  afterRetries: 'cancel' | 'unpaid' | 'past_due';
  first: { plan: Plan; quantity: number; trialDays: number; coupon: keyof typeof COUPONS | 'none'; ownsCard: boolean };
  /** `afterS`: seconds since the action before. */
  actions: Array<{ afterS: number; action: Action }>;
  /** Seconds after the last action. */
  tailS: number;
  /** Where the clock stops between two actions, as parts of the way. */
  stops: number[];
}

const DAY_S = 86_400;
const seconds = (days: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: 0, max: days * DAY_S }),
    // At the very moment of an hour's or a day's end, and of a month's of 30 and 31 days.
    fc.constantFrom(0, 3600, DAY_S, 7 * DAY_S, 30 * DAY_S, 31 * DAY_S),
  );
const plan = fc.constantFrom(...(Object.keys(PLANS) as Plan[]));
const coupon = fc.constantFrom('none' as const, ...(Object.keys(COUPONS) as Array<keyof typeof COUPONS>));
const behavior = fc.constantFrom<Behavior>('create_prorations', 'always_invoice', 'none');
const quantity = fc.integer({ min: 1, max: 9 });

const actions: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      plan,
      quantity,
      behavior,
      anchorNow: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('seats' as const), quantity, behavior }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('add' as const), plan, behavior }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), behavior }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('cancel' as const), prorate: fc.boolean(), invoiceNow: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel_at_period_end' as const), set: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('cancel_at' as const), afterS: seconds(120), behavior }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('discount' as const), coupon }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('card' as const), fails: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: 'end_trial' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('extend_trial' as const), days: fc.integer({ min: 1, max: 40 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('pause_collection' as const),
      behavior: fc.constantFrom(
        'keep_as_draft' as const,
        'mark_uncollectible' as const,
        'void' as const,
        'none' as const,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'pay' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('refund' as const), amount: fc.integer({ min: 1, max: 4000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('credit' as const), amount: fc.integer({ min: -3000, max: 1000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('subscribe' as const), plan }) },
);

/** From 2020 on, so that leap years and the ends of short months are among them. */
const FIRST_S = Date.UTC(2020, 0, 1) / 1000;
const YEARS_S = 12 * 365 * DAY_S;

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  startsAt: fc.oneof(
    fc.integer({ min: FIRST_S, max: FIRST_S + YEARS_S }),
    fc.constantFrom(
      ...['2024-01-31T10:00:00Z', '2027-01-29T23:59:59Z', '2028-02-29T00:00:00Z'].map((at) => Date.parse(at) / 1000),
    ),
  ),
  testClock: fc.boolean(),
  mode: fc.constantFrom('flexible' as const, 'flexible' as const, 'classic' as const),
  afterRetries: fc.constantFrom('cancel' as const, 'unpaid' as const, 'past_due' as const),
  first: fc.record({
    plan,
    quantity,
    trialDays: fc.constantFrom(0, 0, 0, 2, 14, 45),
    coupon,
    ownsCard: fc.constantFrom(true, true, true, false),
  }),
  actions: fc.array(fc.record({ afterS: seconds(60), action: actions }), { maxLength: 8 }),
  tailS: seconds(250),
  stops: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }),
});
