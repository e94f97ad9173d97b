import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type EntityManager, QueryFailedError } from 'typeorm';
import { Notifier } from '../database/notifier.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ApiVersionNotice, Triage } from './triage.service.js';
import { claimOf, Claims, leaseEnd } from './claims.service.js';
import { Dispatcher } from './dispatcher.service.js';
import type { IncomingEvent } from './incoming-event.js';
import { jsonRows, affectedRows, fromJsonRows, utf8Slice } from '../database/sql.js';

/** An event on its way into the table. */
export interface IntakeRow {
  event: IncomingEvent;
  /** Why it is stored as ignored; `null` where it is to be handled. */
  reason: string | null;
  /** Whose claim it is stored with; `null` leaves it to whoever looks for due events. */
  leaseToken: string | null;
  /** When it is due, or its lease ends. */
  nextAttemptAt: Date | null;
}

/** Rows that share all but what each event has for itself: those that are claimed, those that are due, those that are ignored. */
export const byKind = (rows: readonly IntakeRow[]): IntakeRow[][] =>
  [isClaimed, isDue, isIgnored].map((isOfKind) => rows.filter(isOfKind)).filter(({ length }) => length > 0);

const isIgnored = ({ reason }: IntakeRow) => reason !== null;
export const isClaimed = ({ leaseToken }: IntakeRow) => leaseToken !== null;
export const isDue = (row: IntakeRow) => !isIgnored(row) && !isClaimed(row);

/**
 * Stores many events of one kind in one statement. Gives how many were not there before. Nearly always all of them
 * were not, and to name them (RETURNING), SQLite would first write them into a table of its own.
 *
 * The payloads go in as the bytes that came, one after another in one parameter: as strings each would be decoded once more,
 * only to be encoded again. What all rows share is a parameter of its own.
 */
export async function insertEvents(tx: EntityManager, rows: readonly IntakeRow[]): Promise<number> {
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
  return affectedRows(tx, sql, [
    Buffer.concat(rows.map(({ event }) => event.body)),
    first.reason === null ? 'pending' : 'ignored',
    first.leaseToken === null ? 0 : 1, // attempts: a claim begins one
    first.leaseToken,
    first.nextAttemptAt?.getTime() ?? null,
    Date.now(),
    jsonRows(valuesOf(rows)),
  ]);
}

/** Where each payload is among the others, and what else the row has for itself. */
function valuesOf(rows: readonly IntakeRow[]): unknown[][] {
  let end = 1;
  return rows.map(({ event: { id, type, createdAt, body }, reason }) => {
    const from = end;
    end += body.length;
    return [from, body.length, id, type, createdAt.getTime(), reason];
  });
}

/** Events that one statement stores at most: bounds its parameters, and how long the last of many waits. */
const LARGEST_BATCH = 256;
/**
 * Turns of the event loop in which many deliveries gather before the next batch. On one core, SQLite's thread only works while
 * ours does not, so a batch that is begun early gains nothing, and fewer and larger ones cost less. With more cores, or another
 * server, the two work side by side, and waiting would be lost.
 */
const GATHER_TURNS = 2;

interface WaitingEvent {
  event: IncomingEvent;
  stored: () => void;
  failed: (reason: unknown) => void;
}

/** The events of a batch that could not be stored, and why. */
type Failures = ReadonlyMap<IncomingEvent, unknown>;

const allFailed = (events: readonly IncomingEvent[], error: unknown): Failures =>
  new Map(events.map((event) => [event, error]));

/**
 * Where every event is kept before it is answered. Events that come while others are being committed wait for them and
 * then go together: one statement, one commit. An event that comes alone waits for nothing.
 */
@Injectable()
export class Inbox {
  private waiting: WaitingEvent[] = [];
  private storing = false;
  private readonly gathers: boolean;

  constructor(
    private readonly units: UnitOfWork,
    private readonly notifier: Notifier,
    private readonly triage: Triage,
    private readonly claims: Claims,
    private readonly dispatcher: Dispatcher,
    private readonly versions: ApiVersionNotice,
  ) {
    this.gathers = !units.multiInstance && availableParallelism() === 1;
  }

  /** Whether an event of this type can be handed over at once; only one that was read whole can. */
  canHandOver(type: string): boolean {
    return this.dispatcher.roomFor(type) > 0;
  }

  /** Resolves once the event is safe on disk; one that is there already is left as it is. Rejects where it could not be stored. */
  store(event: IncomingEvent): Promise<void> {
    return new Promise((stored, failed) => {
      this.dispatcher.pressure.deliveryCame();
      this.waiting.push({ event, stored, failed });
      if (!this.storing) void this.storeWaiting();
    });
  }

  private async storeWaiting(): Promise<void> {
    this.storing = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, LARGEST_BATCH);
      const events = batch.map(({ event }) => event);
      const failures = await this.storeBatch(events).catch((error: unknown) => allFailed(events, error));
      // Unless more are to gather, the database has the next batch before anybody is answered: it is the slowest here.
      process.nextTick(() => {
        for (const { event, stored, failed } of batch) {
          if (failures.has(event)) failed(failures.get(event));
          else stored();
        }
        this.dispatcher.pressure.deliveriesAnswered(batch.length);
      });
      if (this.gathers && this.dispatcher.pressure.isHigh) await this.gather();
    }
    this.storing = false;
  }

  private async gather(): Promise<void> {
    for (let turn = 0; turn < GATHER_TURNS; turn++) await setImmediate();
  }

  /** What is new is handed straight to the dispatcher, claimed already; what it has no place for falls due. Gives what failed. */
  private async storeBatch(events: readonly IncomingEvent[]): Promise<Failures> {
    const rows = this.rowsOf(events);
    const failures = new Map<IncomingEvent, unknown>();
    const claimed = (await Promise.all(byKind(rows).map((alike) => this.insert(alike, failures)))).flat();
    this.dispatcher.handOver(claimed.map((event) => claimOf(event, 1)));
    if (!rows.some((row) => isDue(row) && !failures.has(row.event))) return failures;
    this.dispatcher.lookForDue();
    this.notifier.notify(); // another instance may have room for them
    return failures;
  }

  /** Gives the events that are stored with our claim now and were not there before; adds what failed. */
  private async insert(alike: IntakeRow[], failures: Map<IncomingEvent, unknown>): Promise<IncomingEvent[]> {
    const events = alike.map(({ event }) => event);
    try {
      const stored = await this.units.runStatement((tx) => insertEvents(tx, alike));
      if (!alike.some(isClaimed)) return [];
      if (stored === alike.length) return events;
      const fresh = await this.claims.fresh(events.map(({ id }) => id));
      return events.filter(({ id }) => fresh.has(id)); // the dispatcher knows those that are under way
    } catch (error) {
      if (alike.length > 1 && error instanceof QueryFailedError)
        return (await Promise.all(alike.map((row) => this.insert([row], failures)))).flat(); // or the one that it is about would fail all
      for (const event of events) failures.set(event, error);
      return [];
    }
  }

  private rowsOf(events: readonly IncomingEvent[]): IntakeRow[] {
    const [now, leaseEnds] = [new Date(), leaseEnd()];
    const hasPlaceFor = this.dispatcher.places();
    return events.map((event) => {
      const reason = this.triage.reasonToIgnore(event);
      if (reason !== undefined) return { event, reason, leaseToken: null, nextAttemptAt: null };
      this.versions.look(event.apiVersion);
      if (!event.content || !hasPlaceFor(event.type))
        return { event, reason: null, leaseToken: null, nextAttemptAt: now };
      return { event, reason: null, leaseToken: this.claims.token, nextAttemptAt: leaseEnds };
    });
  }
}
