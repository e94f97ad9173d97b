import { deriveEnd, deriveStatus, type KnownSubscription } from './derive-plan.js';
import type { InvoiceFacts, InvoiceStatus } from './invoice-facts.js';
import type { PlanSettings } from './plan.js';
import type { SubscriptionFacts, SubscriptionSnapshot } from './subscription-facts.js';

/** Why there is access, or none. Each has a text (`access.<key>` in the texts of the pages). */
export const ACCESS_REASONS = [
  'trial',
  'active',
  'ending',
  'payment_failed',
  'payments_paused',
  'first_payment_failed',
  'grace_over',
  'unpaid',
  'incomplete',
  'incomplete_expired',
  'paused',
  'ended',
  'trial_over',
  'refunded',
  'disputed',
  'not_in_plan', // of a feature: there is a subscription, of a plan without it
] as const;
export type AccessReasonKey = (typeof ACCESS_REASONS)[number];

/** `at`: when what the key names happened or happens, such as the first failed payment; `null` where it is about now. */
export interface AccessReason {
  key: AccessReasonKey;
  at: Date | null;
}

/** Whether a subscription gives access to what its plan has. */
export interface Access {
  granted: boolean;
  /** When it ends by the passing of time alone; `null`: not by itself. For one that is not granted: when it ended, where that is known. */
  until: Date | null;
  reason: AccessReason;
  /** When to derive it again though no event comes; `null`: never. Always in the future. */
  changesAt: Date | null;
}

/** What access depends on, of an invoice of the subscription. */
export interface BilledInvoice extends Pick<InvoiceFacts, 'createdAt' | 'paidAt' | 'firstFailedAt'> {
  status: InvoiceStatus;
  /** What became of its payment; `null` where it has none, or still has it. */
  reversed: 'refunded' | 'disputed' | null;
}

export interface AccessContext {
  /** All invoices of the subscription, or the newest of them, in any order. */
  invoices: readonly BilledInvoice[];
  settings: PlanSettings;
  /** Access as it was derived last; `undefined` for a new subscription. A provisional snapshot is no reason to withdraw it. */
  before?: Pick<Access, 'granted' | 'until' | 'reason'> | undefined;
}

type Derivable = SubscriptionFacts & SubscriptionSnapshot;

/** When Stripe is asked what followed a trial, after its end: its event usually comes first. */
const ASK_AFTER_TRIAL_MS = 60_000;
/**
 * How long what follows a trial is waited for: Stripe goes on to bill or to cancel at that second, but its event may be late and
 * Stripe out of reach, and a customer who goes on to pay must not lose access in between.
 */
const TRIAL_END_IS_LATE_MS = 86_400_000;
const DAY_MS = 86_400_000;

/**
 * Whether the subscription gives access at `now`, why, and until when. The only function that says so: the table of
 * docs/access.md.
 */
export function deriveAccess(subscription: Derivable, context: AccessContext, now: Date): Access {
  const derived = atEnd(subscription, withReversals(byStatus(subscription, context, now), context), now);
  const { before } = context;
  const isHeld = !derived.granted && before?.granted && subscription.provisional && !subscription.endedAt;
  const access = isHeld && !isPast(before.until, now) ? { ...before, wakeAt: null } : derived;
  const { granted, until, reason, wakeAt } = access;
  const changesAt = wakeAt ?? until;
  return { granted, until, reason, changesAt: granted && changesAt && changesAt > now ? changesAt : null };
}

/** `wakeAt`: when to look again though `until` is later. */
type Derived = Omit<Access, 'changesAt'> & { wakeAt: Date | null };

function byStatus(subscription: Derivable, { invoices, settings, before }: AccessContext, now: Date): Derived {
  const status = deriveStatus(subscription);
  switch (status) {
    case 'trialing':
      return inTrial(subscription, now);
    case 'active':
      return whileActive(subscription, settings);
    case 'past_due':
      return inGrace(graceBegan(subscription, invoices, before), settings.graceDays, now);
    case 'canceled':
      return denied('ended', subscription.endedAt, subscription.endedAt);
    case 'incomplete_expired':
      return denied('incomplete_expired', subscription.endedAt, subscription.endedAt);
    case 'unpaid':
    case 'incomplete':
    case 'paused':
      return denied(status);
  }
}

function inTrial({ trialEnd }: Derivable, now: Date): Derived {
  if (!trialEnd) return granted('trial');
  const askAt = after(trialEnd, ASK_AFTER_TRIAL_MS);
  if (now < askAt) return { ...granted('trial', trialEnd, trialEnd), wakeAt: askAt };
  const latest = after(trialEnd, TRIAL_END_IS_LATE_MS);
  return now < latest ? granted('trial', trialEnd, latest) : denied('trial_over', trialEnd, latest);
}

function whileActive({ firstFailedAt, firstPaidAt, pauseCollection }: Derivable, settings: PlanSettings): Derived {
  if (firstFailedAt && !firstPaidAt) return denied('first_payment_failed', firstFailedAt);
  if (pauseCollection !== 'void') return granted('active');
  return settings.accessWhilePaymentsPaused ? granted('active') : denied('payments_paused');
}

/**
 * The first failure since the last invoice that was paid; where there is none, as when an invoice of 0 came after the one that is
 * owed, the first failure of what is owed. Where its invoice is not known yet, the time at which `past_due` was first read, which
 * is later.
 */
function graceBegan(
  { snapshotAt }: Derivable,
  invoices: readonly BilledInvoice[],
  before: AccessContext['before'],
): Date {
  const paid = latest(invoices.flatMap(({ paidAt, createdAt }) => (paidAt ? [createdAt] : [])));
  const owed = invoices.filter(({ status, firstFailedAt }) => isUnpaid(status) && firstFailedAt);
  const since = owed.filter(({ createdAt }) => !paid || createdAt > paid);
  const failed = (since.length > 0 ? since : owed).map(({ firstFailedAt }) => Number(firstFailedAt));
  if (failed.length > 0) return new Date(Math.min(...failed));
  const known = before && FROM_FAILURE.has(before.reason.key) ? before.reason.at : null;
  return known ?? snapshotAt;
}

const isUnpaid = (status: InvoiceStatus) => status === 'open' || status === 'uncollectible';
const FROM_FAILURE: ReadonlySet<AccessReasonKey> = new Set(['payment_failed', 'grace_over']);

function inGrace(failedAt: Date, graceDays: number, now: Date): Derived {
  const ends = after(failedAt, graceDays * DAY_MS);
  return now < ends ? granted('payment_failed', failedAt, ends) : denied('grace_over', failedAt, ends);
}

/**
 * Takes access away where the last paid invoice's money went back and the plan says so. Stripe's times are whole seconds, so several may
 * be the last one, as of two changes at once: then the money of each of them must have gone back.
 */
function withReversals(access: Derived, { invoices, settings }: AccessContext): Derived {
  const lastPaidAt = Number(latest(invoices.flatMap(({ paidAt }) => paidAt ?? [])));
  const last = invoices.filter(({ paidAt }) => Number(paidAt) === lastPaidAt);
  const rules = { refunded: settings.afterRefund, disputed: settings.afterDispute };
  const revoking = last.flatMap(({ reversed }) => (reversed && rules[reversed] === 'revoke' ? reversed : []));
  if (!access.granted || last.length === 0 || revoking.length < last.length) return access;
  return denied(revoking.includes('disputed') ? 'disputed' : 'refunded');
}

/** A scheduled end, by either sign, is certain: it needs no event. */
function atEnd(subscription: Derivable, access: Derived, now: Date): Derived {
  const end = deriveEnd(subscription);
  const isOver = !access.granted && !access.until; // for another reason than the time
  if (!end || subscription.endedAt || isOver || (access.until && access.until < end)) return access;
  return end <= now ? denied('ended', end, end) : granted('ending', end, end);
}

const granted = (key: AccessReasonKey, at: Date | null = null, until: Date | null = null): Derived => ({
  granted: true,
  until,
  reason: { key, at },
  wakeAt: null,
});

const denied = (key: AccessReasonKey, at: Date | null = null, endedAt: Date | null = null): Derived => ({
  granted: false,
  until: endedAt,
  reason: { key, at },
  wakeAt: null,
});

/**
 * When access by this subscription ends for whoever asks, though no event comes and nothing is derived again; `null`: never. Later than
 * the `until` that pages show only at the end of a trial.
 */
export function lapsesAt(
  { until, reason }: Pick<Access, 'until' | 'reason'>,
  subscription: KnownSubscription,
): Date | null {
  const isTrial = deriveStatus(subscription) === 'trialing' && reason.key === 'trial';
  if (!isTrial || !until || Number(until) !== Number(reason.at)) return until;
  return earliest([after(until, TRIAL_END_IS_LATE_MS), deriveEnd(subscription)]);
}

const after = (time: Date, ms: number) => new Date(time.getTime() + ms);
const isPast = (time: Date | null, now: Date) => time !== null && time <= now;
const earliest = (times: readonly (Date | null)[]) =>
  new Date(Math.min(...times.flatMap((time) => (time ? [+time] : []))));
const latest = (times: readonly Date[]) => (times.length > 0 ? new Date(Math.max(...times.map(Number))) : undefined);
