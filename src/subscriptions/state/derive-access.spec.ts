import fc from 'fast-check';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { billedInvoice, day, DAY_MS, START, subscriptionFacts } from '../../../test/support/subscription-facts.js';
import { type Access, type AccessContext, deriveAccess, lapsesAt } from './derive-access.js';
import { DEFAULT_PLAN_SETTINGS, type PlanSettings } from './plan.js';
import { SUBSCRIPTION_STATUSES } from './subscription-facts.js';

const settings = (changes: Partial<PlanSettings> = {}): PlanSettings => ({ ...DEFAULT_PLAN_SETTINGS, ...changes });
const context = (changes: Partial<AccessContext> = {}): AccessContext => ({
  invoices: [],
  settings: DEFAULT_PLAN_SETTINGS,
  ...changes,
});
const failed = (at: Date) => billedInvoice({ createdAt: at, paidAt: null, firstFailedAt: at, status: 'open' });
const shown = ({ granted, until, reason }: Access) => [granted, reason.key, until];

describe('access, by the table', () => {
  const now = day(10);
  it.each([
    ['a trial', { stripeStatus: 'trialing', trialEnd: day(14) }, true, 'trial', day(14)],
    ['active', {}, true, 'active', null],
    ['unpaid', { stripeStatus: 'unpaid' }, false, 'unpaid', null],
    ['incomplete', { stripeStatus: 'incomplete' }, false, 'incomplete', null],
    ['paused', { stripeStatus: 'paused' }, false, 'paused', null],
    ['expired', { endedStatus: 'incomplete_expired', endedAt: day(1) }, false, 'incomplete_expired', day(1)],
    ['canceled', { endedStatus: 'canceled', endedAt: day(9) }, false, 'ended', day(9)],
    ['an end at a time', { cancelAt: day(20) }, true, 'ending', day(20)],
    ["an end at the period's", { cancelAtPeriodEnd: true }, true, 'ending', day(31)],
    ['an end that has come', { cancelAt: day(9) }, false, 'ended', day(9)],
    [
      'a trial that ends for good',
      { stripeStatus: 'trialing', trialEnd: day(14), cancelAt: day(14) },
      true,
      'ending',
      day(14),
    ],
    [
      'a trial that ends before the subscription',
      { stripeStatus: 'trialing', trialEnd: day(14), cancelAt: day(20) },
      true,
      'trial',
      day(14),
    ],
    [
      'a first payment that failed later',
      { firstPaidAt: null, firstFailedAt: day(5) },
      false,
      'first_payment_failed',
      null,
    ],
    ['the same, paid since', { firstFailedAt: day(5) }, true, 'active', null],
    ['payments paused', { pauseCollection: 'void' }, true, 'active', null],
  ] as const)('%s', (_, changes, isGranted, key, until) => {
    expect(shown(deriveAccess(subscriptionFacts(changes), context(), now))).toEqual([isGranted, key, until]);
  });

  it.each(['keep_as_draft', 'mark_uncollectible', 'void'])(
    'while payments are paused by %s, a setting ends it for `void` alone',
    (pauseCollection) => {
      const without = context({ settings: settings({ accessWhilePaymentsPaused: false }) });
      expect(deriveAccess(subscriptionFacts({ pauseCollection }), without, now).granted).toBe(
        pauseCollection !== 'void',
      );
    },
  );

  it('lasts for a grace of seven days from the first failure of the invoice, not of later attempts [C4]', () => {
    const pastDue = subscriptionFacts({ stripeStatus: 'past_due', snapshotAt: day(36) });
    const invoices = [billedInvoice(), failed(day(31))];
    const ends = day(38);
    const at = (time: Date) => deriveAccess(pastDue, context({ invoices }), time);
    expect(at(day(37))).toEqual({
      granted: true,
      until: ends,
      reason: { key: 'payment_failed', at: day(31) },
      changesAt: ends,
    });
    expect(at(ends)).toEqual({
      granted: false,
      until: ends,
      reason: { key: 'grace_over', at: day(31) },
      changesAt: null,
    });
    expect(deriveAccess(pastDue, context({ invoices, settings: settings({ graceDays: 0 }) }), day(31)).granted).toBe(
      false,
    );
    expect(deriveAccess({ ...pastDue, cancelAt: day(35) }, context({ invoices }), day(33)).until).toEqual(day(35));
  });

  it('has one grace for all invoices that fail one after the other, and a new one after one was paid', () => {
    const pastDue = subscriptionFacts({ stripeStatus: 'past_due', snapshotAt: day(62) });
    const grace = (...invoices: Parameters<typeof billedInvoice>[0][]) =>
      deriveAccess(pastDue, context({ invoices: invoices.map((each) => billedInvoice(each)) }), day(62)).until;
    expect(grace({}, failed(day(31)), failed(day(62)))).toEqual(day(38));
    expect(grace(failed(day(0)), { createdAt: day(31), paidAt: day(31) }, failed(day(62)))).toEqual(day(69));
    expect(grace({ ...failed(day(31)), status: 'paid', paidAt: day(63) }, failed(day(62)))).toEqual(day(69));
    expect(grace({}, { ...failed(day(31)), status: 'void' }, failed(day(62)))).toEqual(day(69));
    expect(grace({}, failed(day(31)), { createdAt: day(32), paidAt: day(32) })).toEqual(day(38)); // it cost nothing
  });

  it('counts the grace from the snapshot while the failed invoice is not known', () => {
    const pastDue = subscriptionFacts({ stripeStatus: 'past_due', snapshotAt: day(31) });
    const first = deriveAccess(pastDue, context(), day(31));
    expect(first.until).toEqual(day(38));
    const again = deriveAccess({ ...pastDue, snapshotAt: day(33) }, context({ before: first }), day(33));
    expect(again.until).toEqual(day(38));
  });

  it('goes with the last paid invoice where that was refunded or disputed and the plan says so', () => {
    const of = (
      reversed: 'refunded' | 'disputed',
      changes: Partial<PlanSettings>,
      more = [billedInvoice({ createdAt: day(1), paidAt: day(1), reversed })],
    ) =>
      deriveAccess(
        subscriptionFacts(),
        context({ invoices: [billedInvoice(), ...more], settings: settings(changes) }),
        day(2),
      ).granted;
    expect([of('refunded', {}), of('disputed', {})]).toEqual([true, true]);
    expect([of('refunded', { afterRefund: 'revoke' }), of('disputed', { afterRefund: 'revoke' })]).toEqual([
      false,
      true,
    ]);
    expect([of('refunded', { afterDispute: 'revoke' }), of('disputed', { afterDispute: 'revoke' })]).toEqual([
      true,
      false,
    ]);
    const paidSince = [billedInvoice({ reversed: 'refunded' }), billedInvoice({ createdAt: day(2), paidAt: day(2) })];
    expect(of('refunded', { afterRefund: 'revoke' }, paidSince)).toBe(true);
    // Two were paid in the same second, in whichever order the database gives them.
    const atOnce = [null, 'refunded' as const].map((reversed) =>
      billedInvoice({ createdAt: day(1), paidAt: day(1), reversed }),
    );
    for (const both of [atOnce, atOnce.toReversed()])
      expect(of('refunded', { afterRefund: 'revoke' }, both)).toBe(true);
    const none = atOnce.map((one) => ({ ...one, reversed: 'refunded' as const }));
    expect(of('refunded', { afterRefund: 'revoke' }, none)).toBe(false);
  });

  it("waits a day for what follows a trial's end, so that whoever goes on to pay has no gap", () => {
    const trial = subscriptionFacts({ stripeStatus: 'trialing', trialEnd: day(14) });
    const before = deriveAccess(trial, context(), day(13));
    expect([before.until, before.changesAt, lapsesAt(before, trial)]).toEqual([
      day(14),
      new Date(+day(14) + 60_000),
      new Date(+day(14) + DAY_MS),
    ]);
    const late = deriveAccess(trial, context(), new Date(+day(14) + 60_000));
    expect(shown(late)).toEqual([true, 'trial', new Date(+day(14) + DAY_MS)]);
    expect(lapsesAt(late, trial)).toEqual(late.until);
    expect(shown(deriveAccess(trial, context(), late.until ?? START))).toEqual([false, 'trial_over', late.until]);
    const ends = { ...trial, cancelAtPeriodEnd: true, currentPeriodEnd: day(14) };
    expect(lapsesAt(deriveAccess(ends, context(), day(13)), ends)).toEqual(day(14));
    const endsSoonAfter = { ...trial, cancelAt: day(14.5) };
    expect(lapsesAt(deriveAccess(endsSoonAfter, context(), day(13)), endsSoonAfter)).toEqual(day(14.5));
  });

  it('is not withdrawn by what an event said alone, but by an end', () => {
    const before = deriveAccess(subscriptionFacts(), context(), day(1));
    const unpaid = subscriptionFacts({ stripeStatus: 'unpaid', provisional: true });
    expect(deriveAccess(unpaid, context({ before }), day(2))).toMatchObject({
      granted: true,
      reason: { key: 'active' },
    });
    expect(deriveAccess({ ...unpaid, provisional: false }, context({ before }), day(2)).granted).toBe(false);
    expect(deriveAccess({ ...unpaid, endedAt: day(1) }, context({ before }), day(2)).granted).toBe(false);
    expect(deriveAccess(unpaid, context({ before: { ...before, until: day(2) } }), day(2)).granted).toBe(false);
  });
});

const time = fc.integer({ min: -40, max: 80 }).map((halfDays) => new Date(START.getTime() + (halfDays * DAY_MS) / 2));
const maybe = fc.option(time);
const facts = fc
  .record({
    stripeStatus: fc.constantFrom(...SUBSCRIPTION_STATUSES),
    provisional: fc.boolean(),
    snapshotAt: time,
    cancelAt: maybe,
    cancelAtPeriodEnd: fc.boolean(),
    trialEnd: maybe,
    currentPeriodEnd: maybe,
    endedAt: fc.option(time, { freq: 1 }),
    firstPaidAt: maybe,
    firstFailedAt: fc.option(time, { freq: 1 }),
    pauseCollection: fc.constantFrom(null, 'void', 'keep_as_draft'),
  })
  .map(subscriptionFacts);
const invoices = fc.array(
  fc.record({
    createdAt: time,
    paidAt: maybe,
    firstFailedAt: maybe,
    status: fc.constantFrom('draft', 'open', 'paid', 'void', 'uncollectible', 'deleted'),
    reversed: fc.constantFrom(null, 'refunded', 'disputed'),
  }),
  { maxLength: 4 },
);
const contexts = fc.record({
  invoices,
  settings: fc
    .record({
      graceDays: fc.integer({ min: 0, max: 30 }),
      afterRefund: fc.constantFrom('keep', 'revoke'),
      afterDispute: fc.constantFrom('keep', 'revoke'),
      accessWhilePaymentsPaused: fc.boolean(),
    })
    .map((some) => settings(some as Partial<PlanSettings>)),
}) as fc.Arbitrary<AccessContext>;

describe('access, whatever is known', () => {
  it('does not change before `changesAt`, and only ends as time passes', () => {
    fc.assert(
      fc.property(
        facts,
        contexts,
        time,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (subscription, given, start, part) => {
          let [now, access] = [start, deriveAccess(subscription, given, start)];
          for (let steps = 0; access.changesAt; steps++) {
            expect(access.granted).toBe(true);
            expect(+access.changesAt).toBeGreaterThan(+now);
            expect(steps).toBeLessThan(5);
            const between = new Date(+now + Math.floor((+access.changesAt - +now) * part));
            expect(deriveAccess(subscription, { ...given, before: access }, between)).toEqual(access);
            now = access.changesAt;
            access = deriveAccess(subscription, { ...given, before: access }, now);
          }
          expect(access.granted && access.until !== null).toBe(false);
          const later = new Date(+now + 400 * DAY_MS);
          expect(deriveAccess(subscription, { ...given, before: access }, later).granted).toBe(access.granted);
        },
      ),
      { numRuns: propertyRuns(500) },
    );
  });

  it('is what is stored beside it: it lapses when it ends, at the latest, and never before', () => {
    fc.assert(
      fc.property(facts, contexts, time, (subscription, given, now) => {
        const access = deriveAccess(subscription, given, now);
        if (!access.granted) return;
        const lapses = lapsesAt(access, subscription);
        if (access.until && lapses) expect(+lapses).toBeGreaterThanOrEqual(+access.until);
        if (!lapses) return expect(access.until).toBeNull();
        const justBefore = new Date(+lapses - 1);
        const derive = (at: Date) => deriveAccess(subscription, { ...given, before: access }, at).granted;
        expect([derive(justBefore), derive(lapses)]).toEqual([true, false]);
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('is never there after an end', () => {
    fc.assert(
      fc.property(facts, contexts, time, (subscription, given, now) => {
        const before = deriveAccess(subscriptionFacts(), given, START);
        expect(deriveAccess({ ...subscription, endedAt: now }, { ...given, before }, now).granted).toBe(false);
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});
