import { Injectable } from '@nestjs/common';
import { type EntityManager, QueryFailedError } from 'typeorm';
import { Notifier } from '../database/engine.js';
import { affectedRows, fromJsonRows, jsonRows, utf8Slice } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Claims, leaseEnd } from './claims.service.js';
import { Dispatcher } from './dispatcher.service.js';
import type { IncomingEvent } from './incoming-event.js';
import { Triage } from './handler-registry.js';

/** Events that one statement stores at most: bounds its size, and how long the last event of a batch waits. */
const MAX_BATCH = 256;

/** A delivery that waits for its event to be stored. */
interface WaitingEvent {
  event: IncomingEvent;
  stored: () => void;
  failed: (reason: unknown) => void;
}

/** The events of a batch that could not be stored, and why. */
type Failures = ReadonlyMap<IncomingEvent, unknown>;

/** An event on its way into the table. */
interface IntakeRow {
  event: IncomingEvent;
  /** Why it is stored as ignored; `null`: it is to be handled. */
  reason: string | null;
  /** The token of the claim it is stored with; `null`: without a claim, so it is due for whoever has capacity. */
  leaseToken: string | null;
  /** When it is due, or its lease ends; `null`: never. */
  nextAttemptAt: Date | null;
}

/**
 * Stores events before they are answered. Events that arrive while others are being committed wait and are then stored together:
 * one statement, one commit. An event that arrives alone does not wait.
 */
@Injectable()
export class Inbox {
  private waiting: WaitingEvent[] = [];
  private storing = false;

  constructor(
    private readonly units: UnitOfWork,
    private readonly notifier: Notifier,
    private readonly triage: Triage,
    private readonly claims: Claims,
    private readonly dispatcher: Dispatcher,
  ) {}

  /** Resolves once the event is committed; an event that was stored before is left as it is. Rejects where it could not be stored. */
  store(event: IncomingEvent): Promise<void> {
    return new Promise((stored, failed) => {
      this.waiting.push({ event, stored, failed });
      if (!this.storing) void this.storeWaiting();
    });
  }

  private async storeWaiting(): Promise<void> {
    this.storing = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, MAX_BATCH);
      const events = batch.map(({ event }) => event);
      const failures = await this.storeBatch(events).catch((error: unknown) => allFailed(events, error));
      // Start the next batch before resolving the waiters: the database is the slowest part.
      process.nextTick(() => {
        for (const { event, stored, failed } of batch) {
          if (failures.has(event)) failed(failures.get(event));
          else stored();
        }
      });
    }
    this.storing = false;
  }

  /** New events are handed to the dispatcher, claimed already; those it has no slot for are stored as due. Resolves with what failed. */
  private async storeBatch(events: readonly IncomingEvent[]): Promise<Failures> {
    const rows = this.rowsOf(events);
    const failures = new Map<IncomingEvent, unknown>();
    const claimed = (await Promise.all(byKind(rows).map((alike) => this.insert(alike, failures)))).flat();
    this.dispatcher.handOver(claimed.map(({ content }) => ({ event: content, attempts: 1 })));
    if (rows.some((row) => isDue(row) && !failures.has(row.event))) {
      this.dispatcher.lookForDue();
      this.notifier.notify(); // another instance may have capacity
    }
    return failures;
  }

  private rowsOf(events: readonly IncomingEvent[]): IntakeRow[] {
    const [now, leaseEnds] = [new Date(), leaseEnd()];
    const reserve = this.dispatcher.slotReserver();
    return events.map((event) => {
      const reason = this.triage.reasonToIgnore(event);
      if (reason !== undefined) return { event, reason, leaseToken: null, nextAttemptAt: null };
      this.triage.warnOfOtherVersion(event.apiVersion);
      if (!reserve(event.type)) return { event, reason: null, leaseToken: null, nextAttemptAt: now };
      return { event, reason: null, leaseToken: this.claims.token, nextAttemptAt: leaseEnds };
    });
  }

  /** Resolves with the events that are new and stored with our claim; adds those that could not be stored to `failures`. */
  private async insert(alike: IntakeRow[], failures: Map<IncomingEvent, unknown>): Promise<IncomingEvent[]> {
    const events = alike.map(({ event }) => event);
    try {
      const inserted = await this.units.runStatement((tx) => insertEvents(tx, alike));
      if (!alike.some(isClaimed)) return [];
      if (inserted === alike.length) return events;
      const fresh = await this.claims.fresh(events.map(({ id }) => id));
      return events.filter(({ id }) => fresh.has(id)); // also those under way already, which the dispatcher skips
    } catch (error) {
      // A statement that the database refuses is about one of the events: store each on its own, so that the others succeed.
      if (alike.length > 1 && error instanceof QueryFailedError)
        return (await Promise.all(alike.map((row) => this.insert([row], failures)))).flat();
      for (const event of events) failures.set(event, error);
      return [];
    }
  }
}

const allFailed = (events: readonly IncomingEvent[], error: unknown): Failures =>
  new Map(events.map((event) => [event, error]));

const isIgnored = ({ reason }: IntakeRow) => reason !== null;
const isClaimed = ({ leaseToken }: IntakeRow) => leaseToken !== null;
const isDue = (row: IntakeRow) => !isIgnored(row) && !isClaimed(row);

/** The rows that are claimed, due and ignored: those of one kind are the same in all but what `insertEvents` reads from each event. */
const byKind = (rows: readonly IntakeRow[]): IntakeRow[][] =>
  [isClaimed, isDue, isIgnored].map((isOfKind) => rows.filter(isOfKind)).filter(({ length }) => length > 0);

/**
 * Stores events of one kind in one statement. Resolves with how many are new; RETURNING would name them, but SQLite would first
 * write all of them into a temporary table, and nearly always all are new.
 *
 * The payloads are one parameter of bytes, and each row cuts its own from it: as text each would be decoded and encoded once more.
 */
async function insertEvents(tx: EntityManager, rows: readonly IntakeRow[]): Promise<number> {
  const [first] = rows;
  if (!first) return 0;
  const sql = `
    INSERT INTO webhook_events
      (payload, status, attempts, lease_token, next_attempt_at, received_at, id, type, created_at, reason)
    SELECT ${utf8Slice(tx, '$1', 'input.value->>0', 'input.value->>1')}, CAST($2 AS varchar), CAST($3 AS integer),
      CAST($4 AS varchar), CAST($5 AS bigint), CAST($6 AS bigint),
      input.value->>2, input.value->>3, CAST(input.value->>4 AS bigint), input.value->>5
    FROM ${fromJsonRows(tx, '$7')} WHERE true
    ON CONFLICT (id) DO NOTHING`;
  let offset = 1; // SQL counts from 1
  const values = rows.map(({ event: { id, type, createdAt, body }, reason }) => {
    const from = offset;
    offset += body.length;
    return [from, body.length, id, type, createdAt.getTime(), reason];
  });
  return affectedRows(tx, sql, [
    Buffer.concat(rows.map(({ event }) => event.body)),
    first.reason === null ? 'pending' : 'ignored',
    first.leaseToken === null ? 0 : 1, // attempts: a claim begins one
    first.leaseToken,
    first.nextAttemptAt?.getTime() ?? null,
    Date.now(),
    jsonRows(values),
  ]);
}
