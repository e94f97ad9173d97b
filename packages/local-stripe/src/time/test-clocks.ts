import { nowMs, unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { Tx } from '../state/store.js';
import { momentAfter } from '../billing/engine/calendar.js';
import { recurrenceOf } from '../billing/engine/periods.js';
import { invalidRequest } from '../conventions/errors.js';
import type { TestClock } from '../model/wire.js';

const DAY_S = 24 * 60 * 60;
const KEPT_DAYS = 30;
/** The furthest that a test clock without subscriptions is advanced at once. */
const FURTHEST_S = 2 * 366 * DAY_S;

export async function makeTestClock(tx: Tx, frozenTime: number, name: string | null): Promise<TestClock> {
  const created = unixNow();
  const clock: TestClock = {
    id: newId('testClock'),
    object: 'test_helpers.test_clock',
    created,
    deletes_after: created + KEPT_DAYS * DAY_S,
    frozen_time: frozenTime,
    livemode: false,
    name,
    status: 'ready',
    status_details: {},
  };
  await tx.objects.insert(clock);
  await tx.events.record('test_helpers.test_clock.created', clock);
  return clock;
}

/** Starts to advance a test clock; a timer completes it, as at Stripe. */
export async function advanceTestClock(tx: Tx, clock: TestClock, to: number): Promise<TestClock> {
  mustBeReady(clock);
  await mustNotSkip(tx, clock, to);
  if (to <= clock.frozen_time || to > clock.frozen_time + FURTHEST_S) {
    const message = "frozen_time must be after the clock's current frozen time, and at most two years after it.";
    throw invalidRequest(message, 'frozen_time');
  }
  return startAdvancing(tx, clock, to);
}

/** Advances a test clock however far, which Stripe does not: for the dashboard's buttons. */
export async function startAdvancing(tx: Tx, clock: TestClock, to: number): Promise<TestClock> {
  const advancing: TestClock = {
    ...clock,
    status: 'advancing',
    status_details: { advancing: { target_frozen_time: to } },
  };
  await tx.objects.save(advancing);
  await tx.timers.set('test_clock_arrives', clock.id, nowMs());
  await tx.events.record('test_helpers.test_clock.advancing', advancing);
  return advancing;
}

export function mustBeReady({ status }: TestClock): void {
  if (status !== 'ready') throw invalidRequest('The test clock is advancing already: wait until it is ready.');
}

/** With subscriptions a clock goes at most two of the shortest intervals ahead at once (SUBSCRIPTIONS.md 1, "Test clocks"). */
async function mustNotSkip({ objects }: Tx, { id, frozen_time: from }: TestClock, to: number): Promise<void> {
  const found = await objects.list('subscription', { limit: -1, where: { test_clock: id, status: RUNNING } });
  const furthest = found
    .flatMap(({ items }) => items.data)
    .map(({ price }) => momentAfter({ at: from }, recurrenceOf(price), 2));
  if (furthest.length === 0 || to <= Math.min(...furthest)) return;
  const message =
    'frozen_time cannot be advanced by more than two intervals of the shortest subscription that the test clock has.';
  throw invalidRequest(message, 'frozen_time');
}

const RUNNING = ['active', 'past_due', 'trialing', 'unpaid', 'incomplete'];

export async function testClockArrives(tx: Tx, id: string): Promise<void> {
  const clock = await tx.objects.find('test_helpers.test_clock', id);
  const target = clock?.status_details.advancing?.target_frozen_time;
  if (!clock || target === undefined) return; // deleted meanwhile
  const ready: TestClock = { ...clock, frozen_time: target, status: 'ready', status_details: {} };
  await tx.objects.save(ready);
  await tx.events.record('test_helpers.test_clock.ready', ready);
}
