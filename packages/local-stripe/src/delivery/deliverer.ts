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

  /** The ids of the deliveries in progress to an endpoint. */
  to(endpointId: string): number[] {
    return [...this.attempts].flatMap(([id, attempt]) => (attempt.endpointId === endpointId ? [id] : []));
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

type Recording = (tx: Tx) => Promise<void>;

/** Delivers events, with retries. */
export class Deliverer {
  private readonly inFlight = new InFlight();
  private readonly stopped = new AbortController();
  private readonly alarm: WorkLoop;
  private held = false;
  /** The transaction that has not begun yet. */
  private waiting: { all: Recording[]; done: Promise<void> } | undefined;

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
      const free = PARALLEL - sending.length;
      const fresh = free > 0 ? await deliveries.due(id, now, { limit: free, except: sending }) : [];
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

    await this.recordTogether((tx) => this.record(tx, delivery, attempt, beganAtMs));
    if (!attempt.ok) this.log(`${event.type} ${event.id} was not delivered: ${attempt.answer}`);
  }

  /**
   * Records the end of an attempt in the next transaction of deliveries, together with those that end before it begins: most of
   * what a delivery costs is its transaction, and what is looked for after it.
   */
  private recordTogether(record: Recording): Promise<void> {
    const { waiting } = this;
    if (waiting) {
      waiting.all.push(record);
      return waiting.done;
    }
    const all = [record];
    const begins = (): void => {
      if (this.waiting?.all === all) this.waiting = undefined;
    };
    const done = this.store
      .change(NO_REQUEST, async (tx) => {
        begins();
        for (const each of all) await each(tx);
      })
      .finally(begins);
    this.waiting = { all, done };
    return done;
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
