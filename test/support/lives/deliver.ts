import type { TestingApp } from '../testing-app.js';
import type { SeededRandom } from '../../faults/support/seeded-random.js';
import type { AnyEvent } from './storyteller.js';

/** The events of some lives, each life's in its own order, one of each life at the same time. */
export async function deliverAlone(app: TestingApp, lives: readonly AnyEvent[][]): Promise<void> {
  await Promise.all(
    lives.map(async (events) => {
      for (const event of events) await app.handle(event);
    }),
  );
}

/** The same, several events of each life in one transaction, as a busy app handles them. */
export async function deliverTogether(app: TestingApp, lives: readonly AnyEvent[][], atOnce: number): Promise<void> {
  const longest = Math.max(0, ...lives.map(({ length }) => length));
  for (let at = 0; at < longest; at += atOnce)
    await app.handleTogether(lives.flatMap((events) => events.slice(at, at + atOnce)));
}

/** Every event at least once, some twice, in any order. */
export function shuffled(events: readonly AnyEvent[], random: SeededRandom): AnyEvent[] {
  const repeated = events.filter(() => random.chance(0.4));
  return [...events, ...repeated]
    .map((event) => ({ event, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ event }) => event);
}
