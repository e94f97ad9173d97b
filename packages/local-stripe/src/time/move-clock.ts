import type { WorkLoop } from './work-loop.js';
import { nowMs } from '../model/clock.js';
import type { SandboxClock } from './sandbox-clock.js';
import { NO_REQUEST, type Store } from '../state/store.js';

/** The furthest that the clock is moved at once. */
export const LONGEST_MOVE_MS = 10 * 366 * 24 * 60 * 60 * 1000;

/**
 * Moves the clock forward and resolves when all tasks that became due on the way are done, each at its own time:
 * a session that expires in an hour does so then, even where the clock is moved by a week.
 */
export async function moveClock(store: Store, clock: SandboxClock, tasks: WorkLoop, byMs: number): Promise<void> {
  await moveClockTo(store, clock, tasks, await store.read(async () => nowMs() + byMs));
}

/** The same, to a time in ms; one that has passed changes nothing. */
export async function moveClockTo(store: Store, clock: SandboxClock, tasks: WorkLoop, endMs: number): Promise<void> {
  const moveTo = (timeMs: number) => store.change(NO_REQUEST, ({ database }) => clock.moveTo(timeMs, database));
  const next = await store.read(({ timers }) => timers.nextDueAtMs());
  for (let dueAtMs = next; dueAtMs !== undefined && dueAtMs <= endMs;) {
    await moveTo(dueAtMs);
    await tasks.drained();
    dueAtMs = await store.read(({ timers }) => timers.nextDueAtMs());
  }
  await moveTo(endMs);
}
