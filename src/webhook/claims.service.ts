import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, IsNull, LessThanOrEqual, Not, type Repository } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { WebhookEvent } from './webhook-event.entity.js';

/** How long a claim holds without being renewed, ms: what a dead worker left is taken over after that. */
const LEASE_MS = 9_000;
/** How often claims under way are renewed, ms. */
export const RENEW_EVERY_MS = 3_000;

/** An event that this worker may handle, until its lease ends. */
export interface Claim {
  event: WebhookEvent;
  token: string;
}

/** The lease ended and somebody else may have taken the event over: whatever is under way must not be stored. */
export class LostLeaseError extends Error {
  constructor(readonly eventId: string) {
    super(`The lease on ${eventId} ended while it was handled; it is handled again`);
  }
}

/** Which worker handles which event. */
@Injectable()
export class Claims {
  constructor(
    private readonly units: UnitOfWork,
    @InjectRepository(WebhookEvent) private readonly events: Repository<WebhookEvent>,
  ) {}

  anyDue(): Promise<boolean> {
    return this.events.exists({ where: due() });
  }

  /** Claims up to `limit` events that are due, the longest waiting first. */
  take(limit: number): Promise<Claim[]> {
    const token = randomUUID();
    return this.units.run(async (tx) => {
      const events = await tx.find(WebhookEvent, { where: due(), order: { nextAttemptAt: 'ASC' }, take: limit });
      const taken = { leaseToken: token, nextAttemptAt: leaseEnd(), attempts: () => 'attempts + 1' };
      if (events.length > 0) await tx.update(WebhookEvent, { id: In(events.map(({ id }) => id)) }, taken);
      return events.map((event) => ({ event, token }));
    });
  }

  /** Puts the end of these leases off. */
  async renew(claims: readonly Claim[]): Promise<void> {
    await this.units.run(async (tx) => {
      for (const { event, token } of claims)
        await tx.update(WebhookEvent, { id: event.id, leaseToken: token }, { nextAttemptAt: leaseEnd() });
    });
  }

  /**
   * Fences a transaction: to be called in it before anything else.
   * @throws LostLeaseError
   */
  async assertHeld(tx: EntityManager, { event, token }: Claim): Promise<void> {
    const { affected } = await tx.update(WebhookEvent, { id: event.id, leaseToken: token }, { leaseToken: token });
    if (affected !== 1) throw new LostLeaseError(event.id);
  }

  /** Makes what a process left behind due at once. Only where no other process can be at work: on SQLite, at boot. */
  async releaseAll(): Promise<void> {
    await this.units.run((tx) =>
      tx.update(
        WebhookEvent,
        { status: 'pending', leaseToken: Not(IsNull()) },
        { leaseToken: null, nextAttemptAt: new Date() },
      ),
    );
  }
}

const due = () => ({ status: 'pending' as const, nextAttemptAt: LessThanOrEqual(new Date()) });
const leaseEnd = () => new Date(Date.now() + LEASE_MS);
