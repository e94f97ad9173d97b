/** So many deliveries that wait for their answer are many: answering them comes before handling. */
const MANY = 32;
/** While there are many, handling rests this much longer than it worked: it keeps about a fifth of the time. */
const REST = 4;

/**
 * Keeps handling from holding up answers, and answers from starving handling. Both write through the same connection, so
 * what one takes the other waits for.
 */
export class Pressure {
  private unanswered = 0;
  private wake: (() => void) | undefined;

  deliveryCame(): void {
    this.unanswered++;
  }

  deliveriesAnswered(count: number): void {
    this.unanswered -= count;
    if (!this.isHigh) this.wake?.();
  }

  get isHigh(): boolean {
    return this.unanswered >= MANY;
  }

  /** Resolves when handling may go on after it worked for so many ms: at once, unless the pressure is high. */
  rest(workedMs: number): Promise<void> {
    if (!this.isHigh) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake?.(), REST * workedMs);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
    });
  }
}
