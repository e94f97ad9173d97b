import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, IsNull, LessThanOrEqual, Not, type Repository } from 'typeorm';
import { skipLocked } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { type IncomingEvent, readEvent } from './incoming-event.js';
import { WebhookEvent } from './webhook-event.entity.js';
import type { StripeEventOf, StripeEventType } from '../stripe/stripe.types.js';

/** An event that this worker may handle until its lease ends. */
export interface Claim {
  event: StripeEventOf<StripeEventType>;
  /** How often handling it was begun, this time included. On the first, nothing of its handling is stored yet. */
  attempts: number;
}

/** A claim on an event that was read whole. */
export const claimOf = ({ content }: IncomingEvent, attempts: number): Claim => ({
  event: content as unknown as Claim['event'],
  attempts,
});

/** What is stored of an event that nobody handles any more. */
export const dead = (reason: string) => ({ status: 'dead' as const, reason, nextAttemptAt: null, leaseToken: null });

/** The lease ended and somebody else may have taken the event over: whatever is under way must not be stored. */
export class LostLeaseError extends Error {
  constructor(readonly eventIds: readonly string[]) {
    super(`The lease on ${eventIds.join(', ')} ended while it was handled; it is handled again`);
  }
}

/** How long a claim holds without being renewed, ms: what a dead worker left is taken over after that. */
const LEASE_MS = 8_000;
/** How often claims under way are renewed, ms. */
export const RENEW_EVERY_MS = 3_000;
/** Why an event is dead that no handler saw: it was stored on the strength of its two ends. */
const UNREADABLE =
  'its payload is not JSON, or not the event it was stored as: to replay it cannot help; whoever signed it has your signing secret, so roll it';

/** Which worker handles which event. This process is one worker, and its token says so. */
@Injectable()
export class Claims {
  readonly token = randomUUID();
  private readonly logger = new Logger('Webhook');

  constructor(
    private readonly units: UnitOfWork,
    @InjectRepository(WebhookEvent) private readonly events: Repository<WebhookEvent>,
  ) {}

  /** `except`: types that are not asked for. */
  anyDue(except: readonly string[]): Promise<boolean> {
    return this.events.exists({ where: due(except) });
  }

  /** Claims up to `limit` events that are due, the longest waiting first; `full`: there may be more. */
  async take(limit: number, except: readonly string[]): Promise<{ claims: Claim[]; full: boolean }> {
    const { claims, unreadable } = await this.units.run(async (tx) => {
      const next = { where: due(except), order: { nextAttemptAt: 'ASC' }, take: limit } as const;
      const found = readRows(await tx.find(WebhookEvent, { ...next, ...skipLocked(tx) }));
      const taken = { leaseToken: this.token, nextAttemptAt: leaseEnd(), attempts: () => 'attempts + 1' };
      const ids = found.claims.map(({ event }) => event.id);
      if (ids.length > 0) await tx.update(WebhookEvent, { id: In(ids) }, taken);
      if (found.unreadable.length > 0) await tx.update(WebhookEvent, { id: In(found.unreadable) }, dead(UNREADABLE));
      return found;
    });
    for (const id of unreadable) this.logger.error(`${id} is dead: ${UNREADABLE}`);
    return { claims, full: claims.length + unreadable.length === limit };
  }

  /** Which of these are ours on their first attempt: just stored with our claim, or under way here already. */
  async fresh(ids: readonly string[]): Promise<Set<string>> {
    const found = await this.events.find({ where: { ...this.held(In(ids)), attempts: 1 }, select: { id: true } });
    return new Set(found.map(({ id }) => id));
  }

  /**
   * Makes what we claimed and have no room for due at once, for us or for another worker. Nothing was begun, so it is no attempt;
   * but a first one stays one, or the event would go into a group once more.
   */
  async giveBack(ids: readonly string[]): Promise<void> {
    const due = { leaseToken: null, nextAttemptAt: new Date(), attempts: oneLess };
    await this.units.run((tx) => tx.update(WebhookEvent, this.held(In(ids)), due));
  }

  /** Puts the end of these leases off. */
  async renew(ids: readonly string[]): Promise<void> {
    await this.units.run((tx) => tx.update(WebhookEvent, this.held(In(ids)), { nextAttemptAt: leaseEnd() }));
  }

  /**
   * Fences a transaction: what it does is stored only if the claim still holds.
   * @throws LostLeaseError
   */
  async assertHeld(tx: EntityManager, id: string): Promise<void> {
    const { affected } = await tx.update(WebhookEvent, this.held(id), { leaseToken: this.token });
    if (affected !== 1) throw new LostLeaseError([id]);
  }

  /** Makes what a process left behind due at once; where other processes may be at work, the ends of leases tell. */
  async releaseAll(): Promise<void> {
    if (this.units.multiInstance) return;
    await this.units.run((tx) =>
      tx.update(
        WebhookEvent,
        { status: 'pending', leaseToken: Not(IsNull()) },
        { leaseToken: null, nextAttemptAt: new Date() },
      ),
    );
  }

  /** The events of this id, or of these, on which our claim holds. */
  private held<Id>(id: Id) {
    return { id, leaseToken: this.token, status: 'pending' as const };
  }
}

/** The claims on these events, and the ids of those that cannot be read. */
function readRows(rows: readonly WebhookEvent[]): { claims: Claim[]; unreadable: string[] } {
  const claims: Claim[] = [];
  const unreadable: string[] = [];
  for (const { id, payload, attempts } of rows) {
    const event = readEvent(Buffer.from(payload));
    if (event?.id === id) claims.push(claimOf(event, attempts + 1));
    else unreadable.push(id);
  }
  return { claims, unreadable };
}

const due = (except: readonly string[]) => ({
  status: 'pending' as const,
  nextAttemptAt: LessThanOrEqual(new Date()),
  ...(except.length > 0 && { type: Not(In(except)) }),
});

/** When a claim that is made now ends. */
export const leaseEnd = () => new Date(Date.now() + LEASE_MS);

const oneLess = () => 'CASE WHEN attempts > 1 THEN attempts - 1 ELSE attempts END';
