import type { WorkLoop } from './work-loop.js';
import type { SandboxClock } from './sandbox-clock.js';
import { NO_REQUEST, type Store } from '../state/store.js';

/** The furthest that the clock is moved at once. */
export const LONGEST_MOVE_MS = 10 * 366 * 24 * 60 * 60 * 1000;

/**
 * Moves the clock forward and resolves when all tasks that became due on the way are done, each at its own time:
 * a session that expires in an hour does so then, even where the clock is moved by a week.
 */
export async function moveClock(store: Store, clock: SandboxClock, tasks: WorkLoop, byMs: number): Promise<void> {
  const aheadMs = clock.aheadMs + byMs;
  await moveUntil(store, clock, tasks, () => Date.now() + aheadMs);
}

/** The same, to a time in ms; one that has passed changes nothing. */
export async function moveClockTo(store: Store, clock: SandboxClock, tasks: WorkLoop, endMs: number): Promise<void> {
  await moveUntil(store, clock, tasks, () => endMs);
}

/** `end` is asked anew: a move by a duration arrives just so far ahead of the machine, however long the tasks take. */
async function moveUntil(store: Store, clock: SandboxClock, tasks: WorkLoop, end: () => number): Promise<void> {
  const moveTo = (time: () => number) => store.change(NO_REQUEST, ({ database }) => clock.moveTo(time(), database));
  const next = () => store.read(({ timers }) => timers.nextDueAtMs());
  for (let dueAtMs = await next(); dueAtMs !== undefined && dueAtMs <= end(); dueAtMs = await next()) {
    const at = dueAtMs;
    await moveTo(() => at);
    await tasks.drained();
  }
  await moveTo(end);
}
