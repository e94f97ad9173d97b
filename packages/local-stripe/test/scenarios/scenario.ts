import fc from 'fast-check';
import {
  actions,
  coupon,
  DAY_S,
  plan,
  quantity,
  seconds,
  taxRates,
  type Action,
  type Coupon,
  type Plan,
  type TaxRate,
  type TrialEnd,
} from './actions.js';

export interface Scenario {
  /** Unix seconds. */
  startsAt: number;
  /** Whether the customer has a test clock; otherwise the server's clock is moved. */
  testClock: boolean;
  mode: 'flexible' | 'classic';
  afterRetries: 'cancel' | 'unpaid' | 'past_due';
  first: {
    plan: Plan;
    quantity: number;
    trialDays: number;
    trialEnd: TrialEnd;
    coupon: Coupon;
    taxRates: TaxRate[];
    ownsCard: boolean;
  };
  /** `afterS`: seconds since the action before. */
  actions: Array<{ afterS: number; action: Action }>;
  /** Seconds after the last action. */
  tailS: number;
  /** Where the clock stops between two actions, as parts of the way. */
  stops: number[];
}

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
    trialEnd: fc.constantFrom<TrialEnd>('cancel', 'create_invoice', 'pause'),
    coupon,
    taxRates: fc.oneof(fc.constant<TaxRate[]>([]), taxRates),
    ownsCard: fc.constantFrom(true, true, true, false),
  }),
  actions: fc.array(fc.record({ afterS: seconds(60), action: actions }), { maxLength: 8 }),
  tailS: seconds(250),
  stops: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }),
});
