import { Injectable } from '@nestjs/common';
import { Signal } from '../database/signal.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { StripeEventOf, StripeEventType } from '../stripe/stripe.types.js';
import type { Claim } from './claim.js';
import { Claims, leaseEnd } from './claims.service.js';
import { Dispatcher } from './dispatcher.service.js';
import { byKind, insertEvents, type IntakeRow } from './event-intake.js';
import type { IncomingEvent } from './incoming-event.js';
import { Triage } from './triage.service.js';

/** Events that one statement stores at most: bounds its parameters, and how long the last of many waits. */
const LARGEST_BATCH = 256;
interface WaitingEvent {
  event: IncomingEvent;
  stored: () => void;
  failed: (reason: unknown) => void;
}

/**
 * Where every event is kept before it is answered. Events that come while others are being committed wait for them and
 * then go together: one statement, one commit. An event that comes alone waits for nothing.
 */
@Injectable()
export class Inbox {
  private waiting: WaitingEvent[] = [];
  private storing = false;

  constructor(
    private readonly units: UnitOfWork,
    private readonly signal: Signal,
    private readonly triage: Triage,
    private readonly claims: Claims,
    private readonly dispatcher: Dispatcher,
  ) {}

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
      const answer = await this.storeBatch(batch.map(({ event }) => event)).then(
        () => () => batch.forEach(({ stored }) => stored()),
        (error: unknown) => () => batch.forEach(({ failed }) => failed(error)),
      );
      // The database is the slowest here: it has the next batch before anybody is answered.
      process.nextTick(() => {
        answer();
        this.dispatcher.pressure.deliveriesAnswered(batch.length);
      });
    }
    this.storing = false;
  }

  /** What is new is handed straight to the dispatcher, claimed already; what it has no place for falls due. */
  private async storeBatch(events: readonly IncomingEvent[]): Promise<void> {
    const rows = this.rowsOf(events);
    const leavesSome = rows.some(({ nextAttemptAt, leaseToken }) => nextAttemptAt && leaseToken === null);
    const insert = (alike: IntakeRow[]) => this.units.runStatement((tx) => insertEvents(tx, alike));
    const inserted = new Set((await Promise.all(byKind(rows).map(insert))).flat());
    const claims: Claim[] = [];
    for (const { event, leaseToken } of rows)
      if (leaseToken !== null && inserted.delete(event.id)) claims.push({ event: contentOf(event), attempts: 1 });
    this.dispatcher.handOver(claims);
    if (!leavesSome) return;
    this.dispatcher.lookForDue();
    this.signal.send(); // another instance may have room for them
  }

  private rowsOf(events: readonly IncomingEvent[]): IntakeRow[] {
    const [now, leaseEnds] = [new Date(), leaseEnd()];
    const hasPlaceFor = this.dispatcher.places();
    return events.map((event) => {
      const reason = this.triage.reasonToIgnore(event);
      if (reason !== undefined) return { event, reason, leaseToken: null, nextAttemptAt: null };
      if (!hasPlaceFor(event.type)) return { event, reason: null, leaseToken: null, nextAttemptAt: now };
      return { event, reason: null, leaseToken: this.claims.token, nextAttemptAt: leaseEnds };
    });
  }
}

const contentOf = ({ content }: IncomingEvent) => content as unknown as StripeEventOf<StripeEventType>;
