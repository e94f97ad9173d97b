import type { Claim } from './claims.service.js';

/** Events that wait to be handled together: about a second's work, so that leases seldom need renewing. */
const MOST_WAITING = 1_000;
/** Events of one type that run on their own at the same time: a type whose handlers are slow holds up no other. */
const MOST_ALONE_OF_A_TYPE = 32;

/** The claimed events of this process: what waits to go in a group, and what runs on its own. */
export class InFlightEvents {
  private readonly waiting: Claim[] = [];
  /** By event, waiting or under way. */
  private readonly claimed = new Set<string>();
  private readonly aloneByType = new Map<string, number>();
  private readonly alone = new Set<Promise<boolean>>();

  get size(): number {
    return this.claimed.size;
  }

  get ids(): string[] {
    return [...this.claimed];
  }

  get hasWaiting(): boolean {
    return this.waiting.length > 0;
  }

  /** How many more events may wait to go together. */
  get batchCapacity(): number {
    return MOST_WAITING - this.waiting.length;
  }

  /** How many more events of a type may run on their own. */
  capacityFor(type: string): number {
    return MOST_ALONE_OF_A_TYPE - (this.aloneByType.get(type) ?? 0);
  }

  /** The types of which no more may run on their own now. */
  get fullTypes(): string[] {
    return [...this.aloneByType.keys()].filter((type) => this.capacityFor(type) <= 0);
  }

  /** The room of that type that has least of those that run on their own now and are not full. */
  get leastRoomAlone(): number {
    const rooms = [...this.aloneByType.keys()].map((type) => this.capacityFor(type));
    return Math.min(...rooms.filter((room) => room > 0));
  }

  /** Whether the event is new here: one whose lease ran out while it waited may be claimed a second time. */
  claim({ event }: Claim): boolean {
    if (this.claimed.has(event.id)) return false;
    this.claimed.add(event.id);
    return true;
  }

  wait(claim: Claim): void {
    this.waiting.push(claim);
  }

  nextGroup(size: number): Claim[] {
    return this.waiting.splice(0, size);
  }

  release(group: readonly Claim[]): void {
    for (const { event } of group) this.claimed.delete(event.id);
  }

  /** Follows an event that runs on its own. Resolves when it has ended: whether its type was full until then. */
  runAlone(claim: Claim, handling: Promise<void>): Promise<boolean> {
    const { type } = claim.event;
    this.count(type, 1);
    const followed = handling.then(() => {
      const wasFull = this.capacityFor(type) <= 0;
      this.count(type, -1);
      this.alone.delete(followed);
      this.release([claim]);
      return wasFull;
    });
    this.alone.add(followed);
    return followed;
  }

  /** Resolves when what runs on its own now has ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.alone);
  }

  private count(type: string, change: number): void {
    const running = (this.aloneByType.get(type) ?? 0) + change;
    if (running > 0) this.aloneByType.set(type, running);
    else this.aloneByType.delete(type);
  }
}
