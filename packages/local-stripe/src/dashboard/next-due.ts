import type { Tx } from '../state/store.js';
import type { Task } from '../state/timers.js';
import { showDuration } from './labels.js';

/** What happens next by the clock. */
export interface NextDue {
  what: string;
  /** How long it takes until then, formatted, and in seconds, rounded up. */
  wait: string;
  seconds: number;
}

/** A task without words here is shown by its name. */
const WORDS: Partial<Record<string, string>> = {
  expire_session: 'a Checkout Session expires',
  book_charge: 'a charge is booked to the balance',
  expire_authorization: 'an authorization expires',
  settle_payment: 'a bank debit settles',
  fail_payment: 'a bank debit fails',
  fail_refund: 'a refund fails',
  settle_refund: 'a refund succeeds',
  decide_dispute: 'a dispute is decided',
  dispute_deadline: 'the deadline of a dispute passes',
  test_clock_arrives: 'a test clock arrives',
} satisfies Partial<Record<Task, string>>;

/** The next task that is due after `now` in ms; undefined where nothing is. */
export async function nextDue({ timers }: Tx, now: number): Promise<NextDue | undefined> {
  const dueAtMs = await timers.nextDueAtMs();
  const timer = dueAtMs === undefined ? undefined : await timers.due(dueAtMs);
  if (!timer || dueAtMs === undefined || dueAtMs <= now) return undefined;
  const waitMs = dueAtMs - now;
  return {
    what: WORDS[timer.task] ?? timer.task.replaceAll('_', ' '),
    wait: showDuration(waitMs),
    seconds: Math.ceil(waitMs / 1000),
  };
}
