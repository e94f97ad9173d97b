import fc from 'fast-check';

/** What becomes of a refund. */
type RefundCourse =
  'succeeds' | 'takes a while' | 'fails at once' | 'fails later' | 'canceled' | 'asks, then waits' | 'asks twice';
/** How a dispute goes on, as far as the scenario says. */
type DisputeOutcome =
  | 'inquiry, open'
  | 'inquiry, closed'
  | 'inquiry, then lost'
  | 'open'
  | 'under review'
  | 'won'
  | 'lost'
  | 'won, then lost'
  | 'lost, appealed and won'
  | 'lost, appealed and lost again'
  | 'resolved before it was a dispute'
  | 'blocked before it was a dispute'
  | 'inquiry that took money'
  | 'closed by a word that nobody knows'
  | 'reinstated under a word that nobody knows'
  | 'lost, and a part given back'
  | 'won, and withdrawn again';

export interface DisputeStep {
  dispute: DisputeOutcome;
  /** Of the payment's amount, in per cent: exchange rates can make it more than all. */
  share: number;
  /** Whether Stripe's object lists the balance transactions; the events report them in any case. */
  isBooked: boolean;
  /** In a currency that the payment is not in. */
  isForeign: boolean;
  isChargeRefundable: boolean | undefined;
}

export type LaterStep = { refund: RefundCourse; share: number } | DisputeStep;

/** The scenario of one payment, as Stripe would see it. */
export interface PaymentScenario {
  /** Whether our row is there first, and whether it knows its Checkout Session; a payment link has none. */
  begun: 'noted' | 'not noted' | 'payment link' | 'another instance';
  /** Attempts that were declined before one went through. */
  declines: number;
  checkout: 'left open' | 'expires' | 'paid by card' | 'debit under way' | 'debit settles' | 'debit fails';
  later: LaterStep[];
  /** Everything happens within one second, as far as that is possible. */
  inOneSecond: boolean;
  amount: number;
  currency: string;
}

const refund = fc.record({
  refund: fc.constantFrom<RefundCourse>(
    'succeeds',
    'takes a while',
    'fails at once',
    'fails later',
    'canceled',
    'asks, then waits',
    'asks twice',
  ),
  /** Of what is left then, in per cent: 100 is all of it. */
  share: fc.constantFrom(10, 50, 100),
});

const dispute: fc.Arbitrary<DisputeStep> = fc.record({
  dispute: fc.constantFrom<DisputeOutcome>(
    'inquiry, open',
    'inquiry, closed',
    'inquiry, then lost',
    'open',
    'under review',
    'won',
    'lost',
    'won, then lost',
    'lost, appealed and won',
    'lost, appealed and lost again',
    'resolved before it was a dispute',
    'blocked before it was a dispute',
    'inquiry that took money',
    'closed by a word that nobody knows',
    'reinstated under a word that nobody knows',
    'lost, and a part given back',
    'won, and withdrawn again',
  ),
  share: fc.constantFrom(30, 50, 100, 100, 110),
  isBooked: fc.boolean(),
  isForeign: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  isChargeRefundable: fc.constantFrom(false, true, undefined),
});

/** Random scenarios. Amounts go beyond 32 bits, and currencies have none, two and three decimals. */
export const anyScenario: fc.Arbitrary<PaymentScenario> = fc.record({
  begun: fc.constantFrom<PaymentScenario['begun']>('noted', 'noted', 'not noted', 'payment link', 'another instance'),
  declines: fc.nat(2),
  checkout: fc.constantFrom<PaymentScenario['checkout']>(
    'left open',
    'expires',
    'paid by card',
    'paid by card',
    'paid by card',
    'debit settles',
    'debit settles',
    'debit fails',
    'debit under way',
  ),
  later: fc.array(fc.oneof({ weight: 3, arbitrary: refund }, { weight: 2, arbitrary: dispute }), { maxLength: 4 }),
  inOneSecond: fc.boolean(),
  amount: fc.oneof(fc.integer({ min: 10, max: 10_000 }), fc.integer({ min: 2 ** 31, max: 2 ** 45 })),
  currency: fc.constantFrom('usd', 'jpy', 'kwd'),
});
