import { Injectable } from '@nestjs/common';
import { type EntityManager, QueryFailedError } from 'typeorm';
import { Notifier } from '../database/engine.js';
import { affectedRows, fromJsonRows, jsonRows, utf8Slice } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Claims, leaseEnd } from './claims.service.js';
import { Dispatcher } from './dispatcher.service.js';
import type { IncomingEvent } from './incoming-event.js';
import { Triage } from './handler-registry.js';
import { machineNow, machineNowMs } from '../time/clock.js';

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
    const claimed = await this.insert(rows, failures);
    this.dispatcher.handOver(claimed.map(({ content }) => ({ event: content, attempts: 1 })));
    if (rows.some((row) => isDue(row) && !failures.has(row.event))) {
      this.dispatcher.lookForDue();
      this.notifier.notify(); // another instance may have capacity
    }
    return failures;
  }

  private rowsOf(events: readonly IncomingEvent[]): IntakeRow[] {
    const [now, leaseEnds] = [machineNow(), leaseEnd()];
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
  private async insert(rows: readonly IntakeRow[], failures: Map<IncomingEvent, unknown>): Promise<IncomingEvent[]> {
    const claimed = rows.filter(isClaimed).map(({ event }) => event);
    try {
      const inserted = await this.units.runStatement((tx) => insertEvents(tx, rows));
      if (inserted === rows.length || claimed.length === 0) return claimed;
      const fresh = await this.claims.fresh(claimed.map(({ id }) => id));
      return claimed.filter(({ id }) => fresh.has(id)); // also those under way already, which the dispatcher skips
    } catch (error) {
      // A statement that the database refuses is about one of the events: store each on its own, so that the others succeed.
      if (rows.length > 1 && error instanceof QueryFailedError)
        return (await Promise.all(rows.map((row) => this.insert([row], failures)))).flat();
      for (const { event } of rows) failures.set(event, error);
      return [];
    }
  }
}

const allFailed = (events: readonly IncomingEvent[], error: unknown): Failures =>
  new Map(events.map((event) => [event, error]));

const isIgnored = ({ reason }: IntakeRow) => reason !== null;
const isClaimed = ({ leaseToken }: IntakeRow) => leaseToken !== null;
const isDue = (row: IntakeRow) => !isIgnored(row) && !isClaimed(row);

/**
 * Stores events in one statement. Resolves with how many are new; RETURNING would name them, but SQLite would first write all of
 * them into a temporary table, and nearly always all are new.
 *
 * The payloads are one parameter of bytes, and each row cuts its own from it: as text each would be decoded and encoded once more.
 */
function insertEvents(tx: EntityManager, rows: readonly IntakeRow[]): Promise<number> {
  const sql = `
    INSERT INTO webhook_events
      (payload, id, type, created_at, reason, status, lease_token, attempts, next_attempt_at, received_at)
    SELECT ${utf8Slice(tx, '$1', 'input.value->>0', 'input.value->>1')},
      input.value->>2, input.value->>3, CAST(input.value->>4 AS bigint), input.value->>5,
      CASE WHEN input.value->>5 IS NULL THEN 'pending' ELSE 'ignored' END,
      input.value->>6, CASE WHEN input.value->>6 IS NULL THEN 0 ELSE 1 END, -- a claim begins an attempt
      CAST(input.value->>7 AS bigint), CAST($2 AS bigint)
    FROM ${fromJsonRows(tx, '$3')} WHERE true
    ON CONFLICT (id) DO NOTHING`;
  let offset = 1; // SQL counts from 1
  const values = rows.map(({ event: { id, type, createdAt, body }, reason, leaseToken, nextAttemptAt }) => {
    const from = offset;
    offset += body.length;
    return [from, body.length, id, type, createdAt.getTime(), reason, leaseToken, nextAttemptAt?.getTime() ?? null];
  });
  return affectedRows(tx, sql, [Buffer.concat(rows.map(({ event }) => event.body)), machineNowMs(), jsonRows(values)]);
}
