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

export type Coupon = keyof typeof COUPONS | 'none';

/** Tax rates by name: percent, and whether prices include them. */
export const TAX_RATES = {
  vat: { percentage: '19', inclusive: 'true' },
  state: { percentage: '6.625', inclusive: 'false' },
  city: { percentage: '2.5', inclusive: 'false' },
} as const;

export type TaxRate = keyof typeof TAX_RATES;

export type Behavior = 'create_prorations' | 'always_invoice' | 'none';

/** What a trial without a payment method ends in. */
export type TrialEnd = 'cancel' | 'create_invoice' | 'pause';

/** What is done to the customer's newest subscription, or to the customer. */
export type Action =
  | { do: 'change'; plan: Plan; quantity: number; behavior: Behavior; anchorNow: boolean }
  | { do: 'seats'; quantity: number; behavior: Behavior }
  | { do: 'add'; plan: Plan; behavior: Behavior }
  | { do: 'remove'; behavior: Behavior }
  | { do: 'cancel'; prorate: boolean; invoiceNow: boolean }
  | { do: 'cancel_at_period_end'; set: boolean }
  | { do: 'cancel_at'; afterS: number; behavior: Behavior }
  | { do: 'discount'; coupon: Coupon }
  | { do: 'tax'; rates: TaxRate[] }
  | { do: 'card'; fails: boolean }
  | { do: 'end_trial' }
  | { do: 'extend_trial'; days: number }
  | {
      do: 'pause_collection';
      behavior: 'keep_as_draft' | 'mark_uncollectible' | 'void' | 'none';
      /** Seconds until it ends by itself; 0: never. */
      resumesAfterS: number;
    }
  | { do: 'pause'; unusedTimeFrom: 'now' | 'none' | 'item_current_period_start'; invoicing: Invoicing }
  | { do: 'resume'; anchor: 'now' | 'unchanged'; payment: ResumePayment }
  | { do: 'schedule'; plan: Plan; quantity: number; months: number; behavior: Behavior; end: 'release' | 'cancel' }
  | { do: 'end_schedule'; by: 'release' | 'cancel' }
  | { do: 'pay' }
  | { do: 'refund'; amount: number }
  | { do: 'credit'; amount: number }
  | { do: 'subscribe'; plan: Plan };

type Invoicing = 'invoice' | 'pending_invoice_item';
type ResumePayment = 'resume_on_payment_attempt' | 'resume_on_payment_success';

export const DAY_S = 86_400;

export const seconds = (days: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: 0, max: days * DAY_S }),
    // At the very moment of an hour's or a day's end, and of a month's of 30 and 31 days.
    fc.constantFrom(0, 3600, DAY_S, 7 * DAY_S, 30 * DAY_S, 31 * DAY_S),
  );

const namesOf = <Name extends string>(things: Record<Name, unknown>): Name[] => Object.keys(things) as Name[];

export const plan = fc.constantFrom(...namesOf(PLANS));
export const coupon = fc.constantFrom<Coupon>('none', ...namesOf(COUPONS));
export const taxRates = fc.subarray(namesOf(TAX_RATES));
export const quantity = fc.integer({ min: 1, max: 9 });
const behavior = fc.constantFrom<Behavior>('create_prorations', 'always_invoice', 'none');
const does = <Name extends Action['do']>(name: Name) => fc.constant(name);

/** `weight`: how often, compared with the others. */
const often = (weight: number, arbitrary: fc.Arbitrary<Action>) => ({ weight, arbitrary });

export const actions: fc.Arbitrary<Action> = fc.oneof(
  often(5, fc.record({ do: does('change'), plan, quantity, behavior, anchorNow: fc.boolean() })),
  often(4, fc.record({ do: does('seats'), quantity, behavior })),
  often(2, fc.record({ do: does('add'), plan, behavior })),
  often(1, fc.record({ do: does('remove'), behavior })),
  often(1, fc.record({ do: does('cancel'), prorate: fc.boolean(), invoiceNow: fc.boolean() })),
  often(2, fc.record({ do: does('cancel_at_period_end'), set: fc.boolean() })),
  often(1, fc.record({ do: does('cancel_at'), afterS: seconds(120), behavior })),
  often(2, fc.record({ do: does('discount'), coupon })),
  often(2, fc.record({ do: does('tax'), rates: taxRates })),
  often(3, fc.record({ do: does('card'), fails: fc.boolean() })),
  often(1, fc.record({ do: does('end_trial') })),
  often(1, fc.record({ do: does('extend_trial'), days: fc.integer({ min: 1, max: 40 }) })),
  often(
    2,
    fc.record({
      do: does('pause_collection'),
      behavior: fc.constantFrom('keep_as_draft', 'mark_uncollectible', 'void', 'none'),
      resumesAfterS: fc.oneof(fc.constant(0), seconds(60)),
    }),
  ),
  often(
    2,
    fc.record({
      do: does('pause'),
      unusedTimeFrom: fc.constantFrom('now', 'none', 'item_current_period_start'),
      invoicing: fc.constantFrom<Invoicing>('invoice', 'pending_invoice_item'),
    }),
  ),
  often(
    3,
    fc.record({
      do: does('resume'),
      anchor: fc.constantFrom('now', 'now', 'unchanged'),
      payment: fc.constantFrom<ResumePayment>('resume_on_payment_attempt', 'resume_on_payment_success'),
    }),
  ),
  often(
    3,
    fc.record({
      do: does('schedule'),
      plan,
      quantity,
      months: fc.integer({ min: 1, max: 4 }),
      behavior,
      end: fc.constantFrom('release', 'release', 'cancel'),
    }),
  ),
  often(1, fc.record({ do: does('end_schedule'), by: fc.constantFrom('release', 'cancel') })),
  often(2, fc.record({ do: does('pay') })),
  often(2, fc.record({ do: does('refund'), amount: fc.integer({ min: 1, max: 4000 }) })),
  often(1, fc.record({ do: does('credit'), amount: fc.integer({ min: -3000, max: 1000 }) })),
  often(1, fc.record({ do: does('subscribe'), plan })),
);
