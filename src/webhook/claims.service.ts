import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, IsNull, LessThanOrEqual, Not, type Repository } from 'typeorm';
import { affectedRows, inList, jsonRows, skipLocked } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { type IncomingEvent, readEvent } from './incoming-event.js';
import { deadLetter } from './retry-policy.js';
import { WebhookEvent } from './webhook-event.entity.js';
import { machineNow, machineNowMs } from '../time/clock.js';

/** How long a claim holds without being renewed, ms. After that another worker takes over what a dead one left. */
const LEASE_MS = 8_000;
/** How often claims on events under way are renewed, ms. */
export const RENEW_EVERY_MS = 3_000;
/** Only events that earlier versions stored can be like this: today every body is read before it is stored. */
const UNREADABLE =
  'its payload is not JSON, or not the event it was stored as: to replay it cannot help; whoever signed it has your signing secret, so roll it';

/** An event that this worker may handle until its lease ends. */
export interface Claim {
  event: IncomingEvent['content'];
  /** How often it was claimed, this time included. On the first, nothing of its handling is stored yet. */
  attempts: number;
}

/** The lease ended and another worker may have taken the event over: nothing of what is under way may be stored. */
export class LostLeaseError extends Error {
  constructor(readonly eventIds: readonly string[]) {
    super(`The lease on ${eventIds.join(', ')} ended while it was handled; it is handled again`);
  }
}

/** Which worker handles which event. This process is one worker; its claims carry its token. */
@Injectable()
export class Claims {
  readonly token = randomUUID();
  private readonly logger = new Logger('Webhook');

  constructor(
    private readonly units: UnitOfWork,
    @InjectRepository(WebhookEvent) private readonly events: Repository<WebhookEvent>,
  ) {}

  /** Whether an event is due, of any type except these. */
  anyDue(exceptTypes: readonly string[]): Promise<boolean> {
    return this.events.exists({ where: due(exceptTypes) });
  }

  /**
   * Claims up to `limit` events that are due, the longest waiting first, of any type except these. `full`: there may be more. Events
   * that cannot be read become dead.
   */
  async take(limit: number, exceptTypes: readonly string[]): Promise<{ claims: Claim[]; full: boolean }> {
    const claimDue = async (tx: EntityManager) => {
      const next = { where: due(exceptTypes), order: { nextAttemptAt: 'ASC' }, take: limit } as const;
      const found = readRows(await tx.find(WebhookEvent, { ...next, ...skipLocked(tx) }));
      const taken = { leaseToken: this.token, nextAttemptAt: leaseEnd(), attempts: () => 'attempts + 1' };
      const ids = found.claims.map(({ event }) => event.id);
      if (ids.length > 0) await tx.update(WebhookEvent, { id: In(ids) }, taken);
      if (found.unreadable.length > 0)
        await tx.update(WebhookEvent, { id: In(found.unreadable) }, deadLetter(UNREADABLE));
      return found;
    };
    const { claims, unreadable } = await this.units.run(claimDue, { queue: 'handling' });
    for (const id of unreadable) this.logger.error(`${id} is dead: ${UNREADABLE}`);
    return { claims, full: claims.length + unreadable.length === limit };
  }

  /** Which of these events are ours on their first attempt: just stored with our claim, or under way here already. */
  async fresh(ids: readonly string[]): Promise<Set<string>> {
    const found = await this.events.find({ where: { ...this.held(In(ids)), attempts: 1 }, select: { id: true } });
    return new Set(found.map(({ id }) => id));
  }

  /**
   * Makes claimed events due at once, for this or another worker. Nothing of them was begun, so an attempt is taken off; but a
   * first attempt stays one, or the event would be put into a group again.
   */
  async giveBack(ids: readonly string[]): Promise<void> {
    const dueNow = { leaseToken: null, nextAttemptAt: machineNow(), attempts: oneLess };
    await this.units.run((tx) => tx.update(WebhookEvent, this.held(In(ids)), dueNow), { queue: 'handling' });
  }

  /** Extends the leases on these events to a whole lease from now. Events whose claim no longer holds are left as they are. */
  async renew(ids: readonly string[]): Promise<void> {
    await this.units.run((tx) => tx.update(WebhookEvent, this.held(In(ids)), { nextAttemptAt: leaseEnd() }));
  }

  /**
   * Fences a transaction: it is stored only if the claim on this event still holds.
   * @throws LostLeaseError
   */
  async assertHeld(tx: EntityManager, id: string): Promise<void> {
    const { affected } = await tx.update(WebhookEvent, this.held(id), { leaseToken: this.token });
    if (affected !== 1) throw new LostLeaseError([id]);
  }

  /**
   * Marks these events done, and fences the transaction: it is stored only if every claim on them still holds.
   * @throws LostLeaseError
   */
  async complete(tx: EntityManager, ids: readonly string[]): Promise<void> {
    const sql = `UPDATE webhook_events SET status = 'done', lease_token = NULL, next_attempt_at = NULL
       WHERE lease_token = $1 AND status = 'pending' AND ${inList(tx, 'id', 'varchar', '$2')}`;
    const completed = await affectedRows(tx, sql, [this.token, jsonRows(ids.map((id) => [id]))]);
    if (completed !== ids.length) throw new LostLeaseError(ids);
  }

  /**
   * Makes what an earlier process had claimed due at once; called at boot. With several instances it does nothing: claims of another
   * instance may be alive, and those of a dead one end with their lease.
   */
  async releaseAll(): Promise<void> {
    if (this.units.multiInstance) return;
    const claimed = { status: 'pending', leaseToken: Not(IsNull()) } as const;
    await this.units.run((tx) => tx.update(WebhookEvent, claimed, { leaseToken: null, nextAttemptAt: machineNow() }));
  }

  /** The condition that our claim on this event holds, or on these. */
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
    if (event?.id === id) claims.push({ event: event.content, attempts: attempts + 1 });
    else unreadable.push(id);
  }
  return { claims, unreadable };
}

const due = (exceptTypes: readonly string[]) => ({
  status: 'pending' as const,
  nextAttemptAt: LessThanOrEqual(machineNow()),
  ...(exceptTypes.length > 0 && { type: Not(In(exceptTypes)) }),
});

/** The end of a lease that begins now. */
export const leaseEnd = () => new Date(machineNowMs() + LEASE_MS);

const oneLess = () => 'CASE WHEN attempts > 1 THEN attempts - 1 ELSE attempts END';
