import { setTimeout as wait } from 'node:timers/promises';
import { WorkLoop } from '../time/work-loop.js';
import { nowMs, type Clock } from '../model/clock.js';
import { NO_REQUEST, type Store, type Tx } from '../state/store.js';
import type { Attempt, DueDelivery } from '../state/deliveries.js';
import type { Destination } from '../state/endpoints.js';
import { nextAttemptAtMs } from './retries.js';
import { send } from './send.js';

/** The deliveries in progress. */
export class InFlight {
  private readonly attempts = new Map<number, { endpointId: string; ended: Promise<void> }>();

  has({ id }: DueDelivery): boolean {
    return this.attempts.has(id);
  }

  /** The number of deliveries in progress to an endpoint. */
  to(endpointId: string): number {
    let count = 0;
    for (const attempt of this.attempts.values()) if (attempt.endpointId === endpointId) count++;
    return count;
  }

  add({ id, endpointId }: DueDelivery, attempt: Promise<void>, afterwards: () => void): void {
    const ended = attempt.finally(() => {
      this.attempts.delete(id);
      afterwards();
    });
    this.attempts.set(id, { endpointId, ended });
  }

  /** Resolves when all of them have ended. */
  async done(): Promise<void> {
    await Promise.all([...this.attempts.values()].map(({ ended }) => ended));
  }
}

/** Concurrent deliveries to one endpoint, so that a slow one does not block the others. */
const PARALLEL = 8;
const WAIT_AFTER_FAILURE_MS = 1000;

/** Delivers events, with retries. */
export class Deliverer {
  private readonly inFlight = new InFlight();
  private readonly stopped = new AbortController();
  private readonly alarm: WorkLoop;
  private held = false;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly retryDelaysMs: readonly number[],
    private readonly log: (line: string) => void,
  ) {
    this.alarm = new WorkLoop(clock, () => this.startDue(), log);
  }

  get holds(): boolean {
    return this.held;
  }

  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.wake();
  }

  wake(): void {
    this.alarm.wake();
  }

  /** Aborts the attempts in progress; they are made again after the next start. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.alarm.stop();
    await this.inFlight.done();
  }

  private async startDue(): Promise<number | undefined> {
    const { startable, nextDueAtMs } = await this.store.read((tx) => this.whatIsDue(tx));
    if (this.held) return undefined;
    for (const { delivery, destination } of startable) this.start(delivery, destination);
    return nextDueAtMs;
  }

  private async whatIsDue({ endpoints, deliveries }: Tx) {
    const now = nowMs();
    const startable: Array<{ delivery: DueDelivery; destination: Destination }> = [];
    let nextDueAtMs: number | undefined;
    for (const id of await endpoints.open()) {
      const sending = this.inFlight.to(id);
      // The query also returns those in progress, so the limit counts them.
      const due = sending < PARALLEL ? await deliveries.due(id, now, PARALLEL + sending) : [];
      const fresh = due.filter((each) => !this.inFlight.has(each)).slice(0, PARALLEL - sending);
      const destination = fresh.length > 0 ? await endpoints.destination(id) : undefined;
      if (destination) startable.push(...fresh.map((delivery) => ({ delivery, destination })));
      const next = await deliveries.nextDueAtMs(id, now);
      if (next !== undefined) nextDueAtMs = Math.min(next, nextDueAtMs ?? next);
    }
    return { startable, nextDueAtMs };
  }

  private start(delivery: DueDelivery, destination: Destination): void {
    const attempt = this.attempt(delivery, destination).catch((error: unknown) => this.notRecorded(delivery, error));
    this.inFlight.add(delivery, attempt, () => this.wake());
  }

  private async attempt(delivery: DueDelivery, destination: Destination): Promise<void> {
    const { event } = delivery;
    const beganAtMs = nowMs(); // the next attempt is counted from here, even if the clock is moved
    const attempt = await send(event, destination, this.clock.aheadMs, this.stopped.signal);
    if (!attempt.ok && this.stopped.signal.aborted) return;

    await this.store.change(NO_REQUEST, (tx) => this.record(tx, delivery, attempt, beganAtMs));
    if (!attempt.ok) this.log(`${event.type} ${event.id} was not delivered: ${attempt.answer}`);
  }

  private async record({ deliveries }: Tx, delivery: DueDelivery, attempt: Attempt, beganAtMs: number): Promise<void> {
    const { attempts, madeAtMs, event } = delivery;
    if (attempt.ok) {
      await deliveries.delivered(delivery, attempt);
      return deliveries.count(event.id);
    }
    const retryAtMs = nextAttemptAtMs(attempts + 1, madeAtMs, beganAtMs, this.retryDelaysMs);
    if (retryAtMs === undefined) return deliveries.givenUp(delivery, attempt);
    return deliveries.retryAt(delivery, attempt, retryAtMs);
  }

  /** The result was not stored (a full disk): waits before the delivery is attempted again. */
  private async notRecorded({ event }: DueDelivery, error: unknown): Promise<void> {
    this.log(`delivery of ${event.id} not recorded: ${String(error)}`);
    await wait(WAIT_AFTER_FAILURE_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }
}
