import type { ReversalState } from './money-history.js';
import type { InvoiceHistory, StripeHistory, SubscriptionHistory, SubscriptionState } from './stripe-history.js';

const DAY_S = 86_400;
const DEFAULT_GRACE_DAYS = 7;

/**
 * What owners may do, by docs/access.md read once more, from Stripe's history alone: a second opinion, which shares no code with
 * `deriveAccess`. Times in Unix seconds.
 */
export class AccessModel {
  constructor(private readonly history: StripeHistory) {}

  /** Whether any of these subscriptions gives the feature at `at`; undefined where docs/access.md does not say. */
  has(subscriptions: readonly SubscriptionHistory[], feature: string, at: number): boolean | undefined {
    const given = subscriptions.map((subscription) => this.gives(subscription, feature, at));
    return given.includes(true) || (given.includes(undefined) ? undefined : false);
  }

  /** How often access to a feature begins and ends until `end`, at most. */
  changes(subscriptions: readonly SubscriptionHistory[], feature: string, end: number): number {
    const moments = [...new Set(subscriptions.flatMap((one) => this.momentsOf(one)))].filter((at) => at <= end);
    let changes = 0;
    let had: boolean | undefined = false;
    for (const at of moments.toSorted((a, b) => a - b)) {
      const has = this.has(subscriptions, feature, at);
      if (has !== had) changes += has === undefined || had === undefined ? 2 : 1;
      had = has;
    }
    return changes + sum(subscriptions.map((one) => this.withinSeconds(one)));
  }

  /** How often money went back and came again within one second, as where a dispute is won at once: `has` sees the second's end. */
  private withinSeconds({ invoices }: SubscriptionHistory): number {
    const all = [...invoices.values()].map(({ paymentIntent }) => this.history.money.statesOf(paymentIntent));
    return sum(
      all.map((states) => {
        const ends = states.filter(({ at }, nth) => states[nth + 1]?.at !== at);
        return alternationsOf(states) - alternationsOf(ends);
      }),
    );
  }

  private gives(subscription: SubscriptionHistory, feature: string, at: number): boolean | undefined {
    const state = subscription.states.findLast((one) => one.at <= at);
    const { plan } = state?.plan ?? {};
    if (!state || !plan?.features?.includes(feature)) return false;
    const inOrder = this.isInOrder(subscription, state, at);
    if (!inOrder) return inOrder;
    if (plan.settings?.afterRefund !== 'revoke') return true;
    const paid = [...subscription.invoices.values()].filter(({ paidAt }) => paidAt !== undefined && paidAt <= at);
    const lastPaidAt = Math.max(...paid.map(({ paidAt }) => Number(paidAt)));
    const last = paid.filter(({ paidAt }) => paidAt === lastPaidAt); // several in one second, where two changes were made
    return last.length === 0 || last.some(({ paymentIntent }) => !this.history.money.wasReversed(paymentIntent, at));
  }

  private isInOrder(
    subscription: SubscriptionHistory,
    { status, plan }: SubscriptionState,
    at: number,
  ): boolean | undefined {
    if (status === 'trialing' || status === 'active') return true;
    if (status !== 'past_due') return false;
    const graceDays = plan?.plan?.settings?.graceDays ?? DEFAULT_GRACE_DAYS;
    const failedAt = firstFailure([...subscription.invoices.values()], at);
    return failedAt === undefined ? undefined : at < failedAt + graceDays * DAY_S;
  }

  private momentsOf({ states, invoices }: SubscriptionHistory): number[] {
    const ofInvoices = [...invoices.values()].flatMap(({ failures, paidAt, paymentIntent }) => [
      ...failures,
      ...failures.flatMap((at) => [at + 3 * DAY_S, at + DEFAULT_GRACE_DAYS * DAY_S]),
      ...(paidAt === undefined ? [] : [paidAt]),
      ...this.history.money.statesOf(paymentIntent).map(({ at }) => at),
    ]);
    return [...states.map(({ at }) => at), ...ofInvoices];
  }
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

const alternationsOf = (states: readonly ReversalState[]): number =>
  states.filter(({ reversed }, nth) => reversed !== (states[nth - 1]?.reversed ?? false)).length;

/**
 * The first failed payment since the last invoice that was paid, or else of what is owed, of invoices that were not paid or voided
 * by `at`; undefined where nothing is owed.
 */
function firstFailure(invoices: readonly InvoiceHistory[], at: number): number | undefined {
  const isOver = (moment: number | undefined) => moment !== undefined && moment <= at;
  const lastPaid = Math.max(0, ...invoices.filter(({ paidAt }) => isOver(paidAt)).map(({ created }) => created));
  const failures = invoices
    .filter(({ paidAt, voidedAt }) => !isOver(paidAt) && !isOver(voidedAt))
    .flatMap(({ created, failures: all }) => all.filter(isOver).map((failedAt) => ({ created, failedAt })));
  const since = failures.filter(({ created }) => created > lastPaid);
  const counting = (since.length > 0 ? since : failures).map(({ failedAt }) => failedAt);
  return counting.length > 0 ? Math.min(...counting) : undefined;
}
