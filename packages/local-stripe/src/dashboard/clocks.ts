import { nowMs } from '../model/clock.js';
import type { TestClock } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import type { Moment } from '../http/components.js';
import { momentOf, showDuration } from './labels.js';
import { nextDue, nextDueOf, type NextDue } from './next-due.js';

/** `object-clock`: the clock that an object goes by. */
export interface ShownClock {
  /** `Server’s clock`, or the name of the test clock. */
  name: string;
  /** The id of a test clock; undefined: the server's clock. */
  id?: string | undefined;
  now: Moment;
  next: NextDue | undefined;
  /** Where its buttons post to. */
  action: string;
}

/** The test clock of an object; null where it goes by the server's, or the clock was deleted. */
export async function clockOf({ objects }: Tx, { test_clock: id }: { test_clock?: unknown }): Promise<string | null> {
  return typeof id === 'string' && (await objects.find('test_helpers.test_clock', id)) ? id : null;
}

/** The time in ms of the clock that an object goes by: the server's, or a test clock. */
export async function clockNow({ objects }: Tx, testClock: string | null): Promise<number> {
  const clock = testClock === null ? undefined : await objects.find('test_helpers.test_clock', testClock);
  return clock ? clock.frozen_time * 1000 : nowMs();
}

/** Where a button posts to that moves this clock. */
export const clockAction = (testClock: string | null): string =>
  testClock === null ? '/_sandbox/clock' : `/_sandbox/test_clocks/${testClock}`;

/** `testClock`: the object's field of that name. */
export async function shownClock(tx: Tx, testClock: string | null): Promise<ShownClock> {
  const clock = testClock === null ? undefined : await tx.objects.find('test_helpers.test_clock', testClock);
  if (clock) return shownTestClock(tx, clock);
  const now = nowMs();
  return { name: 'The server’s clock', now: momentOf(now), next: await nextDue(tx, now), action: clockAction(null) };
}

async function shownTestClock(tx: Tx, { id, name, frozen_time: frozen }: TestClock): Promise<ShownClock> {
  return {
    name: name ?? 'Test clock',
    id,
    now: momentOf(frozen * 1000),
    next: await nextDueOf(tx, id, frozen * 1000),
    action: clockAction(id),
  };
}

const MOST = 5;

/** The newest test clocks. */
export async function testClocks(tx: Tx): Promise<ShownClock[]> {
  const clocks = await tx.objects.list('test_helpers.test_clock', { limit: MOST });
  return Promise.all(clocks.map((clock) => shownTestClock(tx, clock)));
}

/** `in 3 d`, by the clock whose time is `now`; all times in ms. */
export const showWait = (timeMs: number, now: number): string => `in ${showDuration(Math.max(0, timeMs - now))}`;
