import { setTimeout as wait } from 'node:timers/promises';

const PATIENCE_MS = 30_000;

/** Looks until there is something to see; the name says what was missed. */
export async function eventually<T>(look: () => T | undefined | Promise<T | undefined>, name: string): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > until) throw new Error(`Waited in vain for ${name}`);
    await wait(5);
  }
}
