import { isDeliveryFault, type Fault } from './fault.js';

/** A seeded random number generator from 0 to 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const DEFAULT_DELAY_MS = 1000;

/** An active fault, as it is listed. */
export type FaultReport = Omit<Required<Fault>, 'times'> & {
  id: number;
  /** How many are left; null for no limit. */
  times: number | null;
  /** How often it was injected. */
  struck: number;
};

/** An active fault: decides which calls or deliveries it affects. */
export class Rule {
  private readonly draw: () => number;
  private readonly pattern: RegExp;
  private readonly complete: Omit<Required<Fault>, 'times'>;
  private left: number;
  private struck = 0;

  constructor(
    readonly id: number,
    given: Fault,
  ) {
    const { chance = 1, seed = Math.floor(Math.random() * 2 ** 31), when = 'before', only = '*' } = given;
    this.complete = { fault: given.fault, when, only, chance, seed, delayMs: given.delayMs ?? DEFAULT_DELAY_MS };
    this.left = given.times ?? (given.chance === undefined ? 1 : Infinity);
    this.draw = seededRandom(seed);
    this.pattern = patternOf(only, isDeliveryFault(given.fault));
  }

  get fault(): Fault['fault'] {
    return this.complete.fault;
  }

  get spent(): boolean {
    return this.left === 0;
  }

  /** Whether it affects this event type or call (`POST /v1/refunds`); a match counts. */
  matches(what: string): boolean {
    if (this.spent || !this.pattern.test(what) || this.draw() >= this.complete.chance) return false;
    this.left--;
    this.struck++;
    return true;
  }

  report(): FaultReport {
    const times = Number.isFinite(this.left) ? this.left : null;
    return { id: this.id, ...this.complete, times, struck: this.struck };
  }
}

/** Calls are matched by method and path; a pattern without a method takes any. */
function patternOf(only: string, ofEvents: boolean): RegExp {
  const text = only
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*');
  return new RegExp(ofEvents || /^[A-Z]/.test(only) || only === '*' ? `^${text}$` : `^[A-Z]+ ${text}$`);
}
