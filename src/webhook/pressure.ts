import { setTimeout } from 'node:timers/promises';

/** So many deliveries in one batch are many: answering the next ones comes before handling. */
const MANY = 32;
/** How long after such a batch the next one may come, ms, and within what it mostly does. */
const MAY_COME_WITHIN_MS = 25;
const COMES_WITHIN_MS = 3;
/** While there are many, handling rests this many times as long as it worked: it keeps about a seventh of the time. */
const REST = 6;
const LOOK_EVERY_MS = 1;

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

  /** Many deliveries may come at any moment: handling goes in short steps. */
  get isHigh(): boolean {
    return this.manyWithin(MAY_COME_WITHIN_MS);
  }

  /** Resolves when handling may go on after it worked for so many ms: at once, unless many deliveries are there or due. */
  async rest(workedMs: number): Promise<void> {
    const end = performance.now() + REST * workedMs;
    while (this.manyWithin(COMES_WITHIN_MS) && performance.now() < end) await setTimeout(LOOK_EVERY_MS);
  }

  private manyWithin(ms: number): boolean {
    return this.unanswered >= MANY || performance.now() - this.manyAnsweredAt < ms;
  }
}
