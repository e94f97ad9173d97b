import { isDeliveryFault, type Fault } from './fault.js';

/** Numbers from 0 to 1 that a seed decides (mulberry32): the same seed, the same numbers. */
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

/** A fault that is in force, as it is told to who asks. */
export type FaultReport = Omit<Required<Fault>, 'times'> & {
  id: number;
  /** How many are still to come; null: until it is taken back. */
  times: number | null;
  /** How often it has struck. */
  struck: number;
};

/** A fault in force: decides which call or delivery it strikes. */
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

  /** `what`: an event's type, or a call as `POST /v1/refunds`. Counts when it says yes. */
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

/** A call is told by method and path; a pattern without a method takes any. */
function patternOf(only: string, ofEvents: boolean): RegExp {
  const text = only
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*');
  return new RegExp(ofEvents || /^[A-Z]/.test(only) || only === '*' ? `^${text}$` : `^[A-Z]+ ${text}$`);
}
