import { setImmediate, setTimeout } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Notifier } from '../database/engine.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { LimitedWarnings } from '../logging/limited-warnings.js';
import { RecurringTask } from '../time/recurring-task.js';
import { type Claim, Claims, LostLeaseError, RENEW_EVERY_MS } from './claims.service.js';
import { stackOf } from './handler-errors.js';
import { HandlerRunner } from './handler-runner.service.js';
import { InFlightEvents } from './in-flight-events.js';

/** Events that one transaction handles, at most. */
const BATCH_SIZE = 128;
/** The same while deliveries wait to be stored: on SQLite they wait for the end of the batch. */
const BATCH_SIZE_BESIDE_INTAKE = 8;
/** PostgreSQL: larger batches, since round trips dominate. */
const BATCH_SIZE_MULTI_INSTANCE = 256;
/** Due events that one transaction claims. */
const MAX_CLAIMS_AT_ONCE = 64;
/** How often to look for due events: retries, and events that another process made due. */
const LOOK_EVERY_MS = 1_000;
/** Longest wait for running handlers when the app stops. */
const SHUTDOWN_TIMEOUT_MS = 8_000;

/**
 * Runs the handlers of stored events: of new ones when the inbox hands them over, of others when they are due. It runs from when the
 * app listens until it stops, so it does nothing in the command line, which never listens.
 */
@Injectable()
export class Dispatcher implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Webhook');
  private readonly inFlight = new InFlightEvents();
  private readonly polling = new RecurringTask({ name: 'Polling for due events', periodMs: LOOK_EVERY_MS }, async () =>
    this.lookForDue(),
  );
  private readonly renewal = new RecurringTask(
    { name: 'Renewal of leases', periodMs: RENEW_EVERY_MS, runAtStart: false },
    () => this.renewLeases(),
  );
  private running = false;
  private working: Promise<void> | undefined;
  /** There may be due events in the table. */
  private mayBeDue = false;

  constructor(
    private readonly claims: Claims,
    private readonly runner: HandlerRunner,
    private readonly notifier: Notifier,
    private readonly units: UnitOfWork,
    private readonly warnings: LimitedWarnings,
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => void this.start());
  }

  /**
   * For a batch that is about to be stored: a function that reserves a slot for one more event of a type, and is false where no
   * slot is left, so that the event is stored as due instead of being handed over.
   */
  slotReserver(): (type: string) => boolean {
    const left = new Map<string, number>();
    return (type) => {
      const key = this.runner.canBatchType(type) ? '' : type; // all types that go in batches share their slots
      const capacity = left.get(key) ?? this.capacityFor(type);
      left.set(key, capacity - 1);
      return capacity > 0;
    };
  }

  /** How many more events of this type can be taken now. */
  private capacityFor(type: string): number {
    if (!this.running) return 0;
    return this.runner.canBatchType(type) ? this.inFlight.batchCapacity : this.inFlight.capacityFor(type);
  }

  /** Handles events that were stored with our claim. */
  handOver(claims: readonly Claim[]): void {
    this.begin(claims);
    if (this.inFlight.hasWaiting) this.work();
  }

  /** Looks for due events in the table, now or after what is under way. */
  lookForDue(): void {
    this.mayBeDue = true;
    this.work();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.running = false;
    this.polling.stop();
    this.renewal.stop();
    const finished = Promise.allSettled([this.working, this.inFlight.settled()]);
    await Promise.race([finished, setTimeout(SHUTDOWN_TIMEOUT_MS, undefined, { ref: false })]);
  }

  private async start(): Promise<void> {
    await this.claims.releaseAll().catch((error: unknown) => this.logger.error(error));
    this.running = true;
    this.polling.start();
    this.renewal.start();
    await this.notifier.onNotify(() => this.lookForDue());
  }

  /** Queues the events that can be handled in a batch, and starts the others. */
  private begin(claims: readonly Claim[]): void {
    const single: Claim[] = [];
    for (const claim of claims.filter((added) => this.inFlight.add(added))) {
      if (this.runner.canBatch(claim)) this.inFlight.enqueue(claim);
      else single.push(claim);
    }
    this.handleEach(single);
  }

  private work(): void {
    if (!this.running) return;
    this.working ??= this.handleAll()
      .catch((error: unknown) => this.logger.error(`Handling goes on in ${LOOK_EVERY_MS} ms after: ${String(error)}`))
      .finally(() => (this.working = undefined));
  }

  private async handleAll(): Promise<void> {
    while (this.running && (this.inFlight.hasWaiting || this.mayBeDue)) {
      await setImmediate(); // reads the deliveries that arrived during the last batch, so that `batchSize` knows of them
      const batch = this.inFlight.nextBatch(this.batchSize);
      if (batch.length > 0) await this.handleBatch(batch);
      if (this.mayBeDue && this.inFlight.batchCapacity >= MAX_CLAIMS_AT_ONCE) await this.claimDue();
    }
  }

  private get batchSize(): number {
    if (this.units.intakeWaits) return BATCH_SIZE_BESIDE_INTAKE;
    return this.units.multiInstance ? BATCH_SIZE_MULTI_INSTANCE : BATCH_SIZE;
  }

  private async claimDue(): Promise<void> {
    this.mayBeDue = false;
    const except = this.inFlight.fullTypes;
    if (!(await this.claims.anyDue(except))) return;
    // All that are claimed may be of the type with the smallest capacity.
    const limit = Math.min(MAX_CLAIMS_AT_ONCE, this.inFlight.smallestCapacity);
    const { claims, full } = await this.claims.take(limit, except);
    this.mayBeDue ||= full;
    this.begin(claims);
  }

  private async handleBatch(batch: readonly Claim[]): Promise<void> {
    try {
      await this.runner.runBatch(batch);
      this.inFlight.remove(batch);
    } catch (error) {
      this.warnOfBatch(batch, error);
      this.handleEach(batch); // each one's own failure is stored and logged
    }
  }

  /** Without this warning, a fault that only a batch has would never be seen: each event on its own may succeed. */
  private warnOfBatch(batch: readonly Claim[], error: unknown): void {
    const types = [...new Set(batch.map(({ event }) => event.type))].join(', ');
    const lost = error instanceof LostLeaseError;
    this.warnings.warn({
      context: 'Webhook',
      kind: lost ? 'webhook.group-lost-its-lease' : 'webhook.group-failed',
      message: `${batch.length} events (${types}) could not be handled together, so each is handled on its own. ${String(error)}`,
      details: stackOf(error),
    });
  }

  /** Starts each of these where its type has capacity. The others are given back: they are due, and claimed when there is capacity. */
  private handleEach(claims: readonly Claim[]): void {
    const excess: Claim[] = [];
    for (const claim of claims) {
      if (this.inFlight.capacityFor(claim.event.type) > 0) this.handleOne(claim);
      else excess.push(claim);
    }
    if (excess.length === 0) return;
    this.inFlight.remove(excess);
    const ids = excess.map(({ event }) => event.id);
    this.claims.giveBack(ids).catch((error: unknown) => {
      this.logger.error(`${ids.length} events are handled only after the end of their lease: ${String(error)}`);
    });
  }

  private handleOne(claim: Claim): void {
    const handling = this.runner.run(claim).catch((error: unknown) => {
      this.logger.error(`The result of ${claim.event.id} was not stored; it is handled again: ${String(error)}`);
    });
    void this.inFlight.track(claim, handling).then((wasFull) => wasFull && this.lookForDue());
  }

  private async renewLeases(): Promise<void> {
    if (this.inFlight.size > 0) await this.claims.renew(this.inFlight.ids);
  }
}
