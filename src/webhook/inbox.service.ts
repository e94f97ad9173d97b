import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { Notifier } from '../database/notifier.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ApiVersionNotice } from './api-version-notice.js';
import { claimOf } from './claim.js';
import { Claims, leaseEnd } from './claims.service.js';
import { Dispatcher } from './dispatcher.service.js';
import { byKind, insertEvents, type IntakeRow, isClaimed, isDue } from './event-intake.js';
import type { IncomingEvent } from './incoming-event.js';
import { Triage } from './triage.service.js';

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
