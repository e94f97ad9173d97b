/** So many deliveries in one batch are many: the next ones should not wait long for handling. */
const MANY = 32;
/** How long after such a batch the next one is expected, ms. */
const EXPECTED_WITHIN_MS = 5;

/** Knows whether many deliveries come in. They and handling write through the same connection, and wait for each other. */
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
}
