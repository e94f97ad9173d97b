const given = Number(process.env.SEED);
/** The seed of all random tests, from the variable `SEED`; `undefined` where there is none. */
export const SEED = process.env.SEED && Number.isSafeInteger(given) ? given : undefined;

/** Random numbers that a seed repeats. `SEED=123` gives the seed; the one in use is printed. */
export class SeededRandom {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed;
  }

  /** From `SEED`, or a new one; says which, so that what fails can be tried again. */
  static announced(what: string): SeededRandom {
    const seed = SEED ?? Math.ceil(Math.random() * 2 ** 31);
    process.stderr.write(`${what}: SEED=${seed}\n`);
    return new SeededRandom(seed);
  }

  /** From 0 up to 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(things: readonly T[]): T | undefined {
    return things[Math.floor(this.next() * things.length)];
  }
}
