import { setTimeout } from 'node:timers/promises';

/** So many deliveries in one batch are many: answering the next ones comes before handling. */
const MANY = 8;
/** How long after such a batch the next one is expected, ms. */
const EXPECTED_WITHIN_MS = 3;
/** Of each ms in which no delivery waited, so many may be spent on handling in the burst that follows. */
const WORTH_OF_A_PAUSE = 5;
/**
 * While there are many, handling rests this many times as long as it worked, so that it does not stand still either. It costs
 * several times the time it takes: what it fetches and compiles is cold, and every delivery waits for its transaction.
 */
const REST = 100;
/** A pressure that fell for less than this, ms, has not gone: one batch that is short or late says nothing yet. */
const CALM_MS = 10;
const LOOK_EVERY_MS = 4;

/** Keeps handling from holding up answers, and answers from starving handling. */
export class Pressure {
  private unanswered = 0;
  private answeredAt = Number.NEGATIVE_INFINITY;
  private manyAnsweredAt = Number.NEGATIVE_INFINITY;
  /** Since when deliveries have come without a pause that counts; a short pause puts it off by a little. */
  private burstBeganAt = 0;

  /** @param longestBurstMs so long many deliveries may come in without a pause before the pressure is high */
  constructor(
    private readonly longestBurstMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  deliveryCame(): void {
    if (this.unanswered++ > 0) return;
    const now = this.now();
    this.burstBeganAt = Math.min(now, this.burstBeganAt + WORTH_OF_A_PAUSE * (now - this.answeredAt));
  }

  deliveriesAnswered(count: number): void {
    this.unanswered -= count;
    this.answeredAt = this.now();
    if (count >= MANY) this.manyAnsweredAt = this.answeredAt;
  }

  get isHigh(): boolean {
    const now = this.now();
    const areMany = this.unanswered >= MANY || now - this.manyAnsweredAt < EXPECTED_WITHIN_MS;
    return areMany && now - this.burstBeganAt >= this.longestBurstMs;
  }

  /** Resolves when handling may go on after it worked for so many ms: at once, unless the pressure is high. */
  async rest(workedMs: number): Promise<void> {
    if (!this.isHigh) return;
    let highAt = this.now();
    const end = highAt + REST * workedMs;
    for (let now = highAt; now < end && now - highAt < CALM_MS; now = this.now()) {
      await setTimeout(LOOK_EVERY_MS);
      if (this.isHigh) highAt = this.now();
    }
  }
}
