import type { Claim } from './claims.service.js';

/** Events that may wait for a batch: about a second's work, so their leases seldom need renewing. */
const MAX_WAITING = 1_000;
/** Events of one type that may run on their own at the same time, so that a type with slow handlers does not hold up others. */
const MAX_RUNNING_PER_TYPE = 32;

/** The events that this process has claimed and not finished: those that wait for a batch, and those that run on their own. */
export class InFlightEvents {
  private readonly waiting: Claim[] = [];
  /** All of them, waiting or running. */
  private readonly eventIds = new Set<string>();
  private readonly runningByType = new Map<string, number>();
  private readonly running = new Set<Promise<boolean>>();

  get size(): number {
    return this.eventIds.size;
  }

  get ids(): string[] {
    return [...this.eventIds];
  }

  get hasWaiting(): boolean {
    return this.waiting.length > 0;
  }

  /** How many more events may wait for a batch. */
  get batchCapacity(): number {
    return MAX_WAITING - this.waiting.length;
  }

  /** How many more events of a type may run on their own. */
  capacityFor(type: string): number {
    return MAX_RUNNING_PER_TYPE - (this.runningByType.get(type) ?? 0);
  }

  /** The types of which no more events may run on their own now. */
  get fullTypes(): string[] {
    return [...this.runningByType.keys()].filter((type) => this.capacityFor(type) <= 0);
  }

  /** The smallest capacity among the running types that are not full; Infinity where nothing runs. */
  get smallestCapacity(): number {
    const capacities = [...this.runningByType.keys()].map((type) => this.capacityFor(type));
    return Math.min(...capacities.filter((capacity) => capacity > 0));
  }

  /** Adds a claimed event. False where it is here already: its lease ran out while it waited, and it was claimed again. */
  add({ event }: Claim): boolean {
    if (this.eventIds.has(event.id)) return false;
    this.eventIds.add(event.id);
    return true;
  }

  /** Lets an added event wait for a batch. */
  enqueue(claim: Claim): void {
    this.waiting.push(claim);
  }

  /** Takes up to `size` events that wait, the longest waiting first. They stay in flight until they are removed. */
  nextBatch(size: number): Claim[] {
    return this.waiting.splice(0, size);
  }

  /** Removes finished events. */
  remove(claims: readonly Claim[]): void {
    for (const { event } of claims) this.eventIds.delete(event.id);
  }

  /**
   * Counts an added event as running on its own until `handling` resolves, then removes it. Resolves with whether its type was full
   * until then: more of its type may be due.
   */
  track(claim: Claim, handling: Promise<void>): Promise<boolean> {
    const { type } = claim.event;
    this.count(type, 1);
    const tracked = handling.then(() => {
      const wasFull = this.capacityFor(type) <= 0;
      this.count(type, -1);
      this.running.delete(tracked);
      this.remove([claim]);
      return wasFull;
    });
    this.running.add(tracked);
    return tracked;
  }

  /** Resolves when all that run on their own now have ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  private count(type: string, change: number): void {
    const running = (this.runningByType.get(type) ?? 0) + change;
    if (running > 0) this.runningByType.set(type, running);
    else this.runningByType.delete(type);
  }
}
