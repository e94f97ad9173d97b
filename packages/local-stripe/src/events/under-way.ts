import type { DueDelivery } from './deliveries.js';

/** The deliveries that are being made at this moment. */
export class UnderWay {
  private readonly attempts = new Map<number, { endpointId: string; ended: Promise<void> }>();

  has({ id }: DueDelivery): boolean {
    return this.attempts.has(id);
  }

  /** How many there are to this endpoint. */
  to(endpointId: string): number {
    let count = 0;
    for (const attempt of this.attempts.values()) if (attempt.endpointId === endpointId) count++;
    return count;
  }

  add({ id, endpointId }: DueDelivery, attempt: Promise<void>, afterwards: () => void): void {
    const ended = attempt.finally(() => {
      this.attempts.delete(id);
      afterwards();
    });
    this.attempts.set(id, { endpointId, ended });
  }

  /** Resolves when all of them have ended. */
  async done(): Promise<void> {
    await Promise.all([...this.attempts.values()].map(({ ended }) => ended));
  }
}
