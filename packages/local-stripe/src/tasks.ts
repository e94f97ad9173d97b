import { setTimeout as wait } from 'node:timers/promises';
import { WorkLoop } from './time/work-loop.js';
import { nowMs, runWithClock, type Clock } from './model/clock.js';
import { scheduleDue } from './api/schedule-steps.js';
import { awaitsFirstAttempt } from './billing/draft-hour.js';
import { readAhead } from './billing/read-ahead.js';
import { invoiceDue } from './billing/invoice-timer.js';
import { subscriptionDue } from './billing/subscription-timer.js';
import { expireSession, failDelayed, settleDelayed } from './payments/session-endings.js';
import { NO_REQUEST, type Store, type Tx } from './state/store.js';
import { bookLater } from './payments/succeed.js';
import { expireAuthorization } from './payments/capture.js';
import { decideDispute, missDeadline } from './payments/decide-dispute.js';
import { failRefundLater, settleRefund } from './payments/refund-endings.js';
import type { Timer } from './state/timers.js';
import { testClockArrives } from './time/test-clocks.js';

const WAIT_AFTER_FAILURE_MS = 60_000;

/**
 * Runs due timers in the order of their times, several in a transaction that also removes them, and each at the moment it
 * was set for: its clock stands still there, so that what happens does not depend on how far the clock was moved at once.
 * Where one fails, its transaction is taken back and they are run one by one.
 */
export function timerLoop(
  store: Store,
  clock: Clock,
  origin: () => string,
  log: (line: string) => void,
  holdsWebhooks: () => boolean = () => false,
): WorkLoop {
  /** How many timers are still run one by one, since one of them failed among others. */
  let singly = 0;
  return new WorkLoop(
    clock,
    async () => {
      for (;;) {
        const timer = await store.read(({ timers }) => timers.first());
        if (!timer || timer.dueAtMs > nowMs()) return timer?.dueAtMs;
        if (timer.task === 'invoice_due') await firstAttempts(store, timer.objectId, holdsWebhooks);
        singly = Math.max(0, singly - 1);
        const together = singly === 0 ? MOST_TOGETHER : 1;
        await store
          .change(NO_REQUEST, (tx) => runTimers(tx, timer, together, origin()))
          .catch((error: unknown) => {
            if (together > 1) {
              singly = MOST_TOGETHER + 1;
              return undefined;
            }
            // Postponed, so that it does not block the others.
            log(`${timer.task} of ${timer.objectId} failed: ${error instanceof Error ? error.stack : String(error)}`);
            return store.change(NO_REQUEST, ({ timers }) => timers.postpone(timer, nowMs() + WAIT_AFTER_FAILURE_MS));
          });
      }
    },
    log,
  );
}

/** Timers of one transaction: few enough that a request waits for a fraction of a second. */
const MOST_TOGETHER = 20;

/** Runs a timer and those that are due after it. */
async function runTimers(tx: Tx, first: Timer, most: number, origin: string): Promise<void> {
  if (most > 1) await readAhead(tx, await tx.timers.nextDue(nowMs()));
  for (let timer: Timer | undefined = first, run = 1; timer; run++) {
    const { dueAtMs } = timer;
    const due: Timer = timer;
    tx.objects.accounts.forget();
    await runWithClock({ aheadMs: 0, frozenAtMs: dueAtMs }, () => perform(tx, due, origin));
    await tx.timers.remove(due);
    timer = run < most ? await tx.timers.due(nowMs()) : undefined;
    if (timer?.task === 'invoice_due' && (await awaitsFirstAttempt(tx, timer.objectId, nowMs()))) return;
  }
}

/** How long a timer waits for the answer to an event of its object, in real time. */
const PATIENCE_MS = 5000;

/**
 * Waits until `invoice.created` was tried everywhere: whether a draft is finalized depends on the answers, and must not
 * depend on how fast the clock is moved.
 */
async function firstAttempts(store: Store, invoiceId: string, held: () => boolean): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (!held() && Date.now() < until) {
    if (!(await store.read((tx) => awaitsFirstAttempt(tx, invoiceId, nowMs())))) return;
    await wait(5);
  }
}

async function perform(tx: Tx, { task, objectId, dueAtMs }: Timer, origin: string): Promise<void> {
  switch (task) {
    case 'expire_session': {
      const session = await tx.objects.get('checkout.session', objectId);
      if (session.status === 'open') await expireSession(tx, session);
      return;
    }
    case 'expire_authorization':
      return expireAuthorization(tx, objectId);
    case 'book_charge':
      return bookLater(tx, objectId);
    case 'settle_payment':
      return settleDelayed(tx, objectId, origin);
    case 'fail_payment':
      return failDelayed(tx, objectId);
    case 'fail_refund':
      return failRefundLater(tx, objectId);
    case 'settle_refund':
      return settleRefund(tx, objectId);
    case 'decide_dispute':
      return decideDispute(tx, objectId);
    case 'dispute_deadline':
      return missDeadline(tx, objectId);
    case 'test_clock_arrives':
      await runTestClock(tx, objectId, origin);
      return testClockArrives(tx, objectId);
    case 'subscription_due':
      return subscriptionDue(tx, objectId, Math.floor(dueAtMs / 1000), origin);
    case 'schedule_due':
      return scheduleDue(tx, objectId, Math.floor(dueAtMs / 1000), origin);
    case 'invoice_due':
      return invoiceDue(tx, objectId, Math.floor(dueAtMs / 1000), origin);
  }
}

/** Does what becomes due on the way of a test clock that is advancing, each at its own time. */
async function runTestClock(tx: Tx, id: string, origin: string): Promise<void> {
  const clock = await tx.objects.find('test_helpers.test_clock', id);
  const target = clock?.status_details.advancing?.target_frozen_time;
  if (!clock || target === undefined) return;
  for (;;) {
    const timer = await tx.timers.dueBy(id, target * 1000);
    if (!timer) return;
    // What happens reads the clock: it stands at the moment of the timer, and the rest of the clock is as it was.
    await tx.objects.save({ ...clock, frozen_time: Math.floor(timer.dueAtMs / 1000) });
    await perform(tx, timer, origin);
  }
}
