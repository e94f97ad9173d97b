import { setTimeout } from 'node:timers/promises';

/** Looks again and again until `look` gives something truthy; fails, with what it waited for, when that takes too long. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T> | T,
  timeoutMs = 30_000,
  everyMs = 10,
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found as Exclude<T, undefined | null | false | 0 | ''>;
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain for: ${what}`);
    await setTimeout(everyMs);
  }
}
