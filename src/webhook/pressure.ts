import { setTimeout } from 'node:timers/promises';

/** So many deliveries in one batch are many: answering the next ones comes before handling. */
const MANY = 32;
/** How long after such a batch the next one is expected, ms. */
const EXPECTED_WITHIN_MS = 3;
/** While there are many, handling rests this many times as long as it worked, so that it does not stand still either. */
const REST = 30;
const LOOK_EVERY_MS = 4;

/**
 * Keeps handling from holding up answers, and answers from starving handling. Both write through the same connection, so
 * what one takes the other waits for.
 */
export class Pressure {
  private unanswered = 0;
  private manyAnsweredAt = Number.NEGATIVE_INFINITY;

  deliveryCame(): void {
    this.unanswered++;
  }

  deliveriesAnswered(count: number): void {
    this.unanswered -= count;
    if (count >= MANY) this.manyAnsweredAt = performance.now();
  }

  get isHigh(): boolean {
    return this.unanswered >= MANY || performance.now() - this.manyAnsweredAt < EXPECTED_WITHIN_MS;
  }

  /** Resolves when handling may go on after it worked for so many ms: at once, unless the pressure is high. */
  async rest(workedMs: number): Promise<void> {
    const end = performance.now() + REST * workedMs;
    while (this.isHigh && performance.now() < end) await setTimeout(LOOK_EVERY_MS);
  }
}
