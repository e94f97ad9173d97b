import { setTimeout } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Notifier } from '../database/notifier.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { LimitedWarnings } from '../logging/limited-warnings.js';
import { type Claim, Claims, LostLeaseError, RENEW_EVERY_MS } from './claims.service.js';
import { HandlerRunner, stackOf } from './handler-runner.service.js';
import { InFlightEvents } from './in-flight-events.js';
import { Pressure } from './pressure.js';

/** Events handled in one transaction, and how many while many deliveries wait for their answer. */
const GROUP = 128;
const GROUP_UNDER_PRESSURE = 16;
/** Where a group has a connection of its own, it holds up nobody, and what counts is how often the server is asked. */
const GROUP_WHERE_SHARED = 256;
/** How long many deliveries may come in at once, ms, until handling makes way: at once where both write through one connection. */
const BURST_MS = 0;
const BURST_WHERE_SHARED_MS = 200;
/** Due events that are claimed from the table at once. */
const CLAIM_AT_ONCE = 64;
/** How often to look for retries that fell due, and for what another process made due, ms. */
const LOOK_EVERY_MS = 1_000;
/** How long to wait for handlers under way when the app stops, ms. */
const PATIENCE_MS = 8_000;

/**
 * Hands stored events to their handlers: at once when intake hands them over, and by the clock for retries. It works from
 * when the app listens until it stops, so the command line, which never listens, does none of it.
 */
@Injectable()
export class Dispatcher implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Webhook');
  /** How many deliveries wait for their answer. */
  readonly pressure: Pressure;
  private readonly inFlight = new InFlightEvents();
  private timers: NodeJS.Timeout[] = [];
  private running = false;
  private working: Promise<void> | undefined;
  private mayBeDue = false;

  constructor(
    private readonly claims: Claims,
    private readonly runner: HandlerRunner,
    private readonly notifier: Notifier,
    private readonly units: UnitOfWork,
    private readonly warnings: LimitedWarnings,
    host: HttpAdapterHost,
  ) {
    this.pressure = new Pressure(units.multiInstance ? BURST_WHERE_SHARED_MS : BURST_MS);
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

  /** Takes events that were stored with our claim. */
  handOver(claims: readonly Claim[]): void {
    this.begin(claims);
    if (this.inFlight.hasWaiting) this.work();
  }

  /** There is something due in the table. */
  lookForDue(): void {
    this.mayBeDue = true;
    this.work();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.running = false;
    for (const timer of this.timers) clearInterval(timer);
    const finished = Promise.allSettled([this.working, this.inFlight.settled()]);
    await Promise.race([finished, setTimeout(PATIENCE_MS, undefined, { ref: false })]);
  }

  private async start(): Promise<void> {
    await this.claims.releaseAll().catch((error: unknown) => this.logger.error(error));
    this.running = true;
    this.timers = [
      setInterval(() => this.lookForDue(), LOOK_EVERY_MS),
      setInterval(() => void this.renewLeases(), RENEW_EVERY_MS),
    ];
    await this.notifier.onNotify(() => this.lookForDue());
    this.lookForDue();
  }

  /** Starts what runs on its own, and queues what goes together. */
  private begin(claims: readonly Claim[]): void {
    const alone = claims.filter((claim) => {
      if (!this.inFlight.add(claim)) return false;
      const together = this.runner.canBatch(claim);
      if (together) this.inFlight.enqueue(claim);
      return !together;
    });
    this.handleEachAlone(alone);
  }

  private work(): void {
    if (!this.running) return;
    this.working ??= this.handleAll()
      .catch((error: unknown) => this.logger.error(`Handling goes on in ${LOOK_EVERY_MS} ms after: ${String(error)}`))
      .finally(() => (this.working = undefined));
  }

  private async handleAll(): Promise<void> {
    while (this.running && (this.inFlight.hasWaiting || this.mayBeDue)) {
      const began = performance.now();
      const group = this.inFlight.nextBatch(this.groupSize);
      if (group.length > 0) await this.handleTogether(group);
      if (this.mayBeDue && this.inFlight.batchCapacity >= CLAIM_AT_ONCE) await this.takeWhatIsDue();
      await this.pressure.rest(performance.now() - began);
    }
  }

  private get groupSize(): number {
    if (this.pressure.isHigh) return GROUP_UNDER_PRESSURE;
    return this.units.multiInstance ? GROUP_WHERE_SHARED : GROUP;
  }

  private async takeWhatIsDue(): Promise<void> {
    this.mayBeDue = false;
    const except = this.inFlight.fullTypes;
    if (!(await this.claims.anyDue(except))) return;
    const limit = Math.min(CLAIM_AT_ONCE, this.inFlight.smallestCapacity); // all may be of that type
    const { claims, full } = await this.claims.take(limit, except);
    this.mayBeDue ||= full;
    this.begin(claims);
  }

  private async handleTogether(group: readonly Claim[]): Promise<void> {
    try {
      await this.runner.runBatch(group);
      this.inFlight.remove(group);
    } catch (error) {
      this.warnOfGroup(group, error);
      this.handleEachAlone(group); // each is told, and noted, its own failure
    }
  }

  /** Each is handled on its own now, which may well succeed: then a fault that only the group has would never be seen. */
  private warnOfGroup(group: readonly Claim[], error: unknown): void {
    const types = [...new Set(group.map(({ event }) => event.type))].join(', ');
    const lost = error instanceof LostLeaseError;
    this.warnings.warn({
      context: 'Webhook',
      kind: lost ? 'webhook.group-lost-its-lease' : 'webhook.group-failed',
      message: `${group.length} events (${types}) could not be handled together, so each is handled on its own. ${String(error)}`,
      details: stackOf(error),
    });
  }

  /** Starts as many as there is room for; the others fall due again, and are claimed when there is. */
  private handleEachAlone(claims: readonly Claim[]): void {
    const left: Claim[] = [];
    for (const claim of claims) {
      if (this.inFlight.capacityFor(claim.event.type) > 0) this.handleAlone(claim);
      else left.push(claim);
    }
    if (left.length === 0) return;
    this.inFlight.remove(left);
    const ids = left.map(({ event }) => event.id);
    this.claims.giveBack(ids).catch((error: unknown) => {
      this.logger.error(`${ids.length} events wait for the end of their lease: ${String(error)}`);
    });
  }

  private handleAlone(claim: Claim): void {
    const handling = this.runner.run(claim).catch((error: unknown) => {
      this.logger.error(`Handling ${claim.event.id} was not recorded; it is tried again: ${String(error)}`);
    });
    void this.inFlight.track(claim, handling).then((wasFull) => wasFull && this.lookForDue());
  }

  private async renewLeases(): Promise<void> {
    if (this.inFlight.size === 0) return;
    await this.claims.renew(this.inFlight.ids).catch((error: unknown) => this.logger.error(error));
  }
}
