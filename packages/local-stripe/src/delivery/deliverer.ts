import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { WorkLoop } from '../time/work-loop.js';
import { nowMs, type Clock } from '../model/clock.js';
import { NO_REQUEST, type Store, type Tx } from '../state/store.js';
import {
  type Attempt,
  dueDeliveries,
  type DueDelivery,
  type EndedAttempt,
  recordAttempts,
} from '../state/delivery-attempts.js';
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

/** Delivers events, with retries. */
export class Deliverer {
  private readonly inFlight = new InFlight();
  private readonly stopped = new AbortController();
  private readonly alarm: WorkLoop;
  private held = false;
  /** What the transaction records that has not begun yet. */
  private waiting: { ended: EndedAttempt[]; done: Promise<void> } | undefined;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly retryDelaysMs: readonly number[],
    private readonly log: (line: string) => void,
  ) {
    setMaxListeners(0, this.stopped.signal); // each attempt under way listens to it, which is no leak
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

  private async whatIsDue({ database, endpoints }: Tx) {
    const now = nowMs();
    const startable: Array<{ delivery: DueDelivery; destination: Destination }> = [];
    let nextDueAtMs: number | undefined;
    for (const [id, destination] of await endpoints.open()) {
      const sending = this.inFlight.to(id);
      const free = PARALLEL - sending.length;
      if (free === 0) continue; // it is looked again when one of them has ended
      const { due, nextDueAtMs: next } = await dueDeliveries(database, id, now, { limit: free, except: sending });
      startable.push(...due.map((delivery) => ({ delivery, destination })));
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

    await this.record({ delivery, attempt, ...this.afterwards(delivery, attempt, beganAtMs) });
    if (!attempt.ok) this.log(`${event.type} ${event.id} was not delivered: ${attempt.answer}`);
  }

  private afterwards(
    { attempts, madeAtMs }: DueDelivery,
    { ok }: Attempt,
    beganAtMs: number,
  ): Pick<EndedAttempt, 'state' | 'dueAtMs'> {
    if (ok) return { state: 'delivered', dueAtMs: 0 };
    const retryAtMs = nextAttemptAtMs(attempts + 1, madeAtMs, beganAtMs, this.retryDelaysMs);
    return retryAtMs === undefined ? { state: 'failed', dueAtMs: 0 } : { state: 'pending', dueAtMs: retryAtMs };
  }

  /**
   * Records the end of an attempt in the next transaction of deliveries, together with those that end before it begins: most of
   * what a delivery costs is its transaction. It makes nothing due but deliveries, which are looked for afterwards.
   */
  private record(attempt: EndedAttempt): Promise<void> {
    const { waiting } = this;
    if (waiting) {
      waiting.ended.push(attempt);
      return waiting.done;
    }
    const ended = [attempt];
    const begins = (): void => {
      if (this.waiting?.ended === ended) this.waiting = undefined;
    };
    const done = this.store
      .changeUnannounced(NO_REQUEST, (tx) => {
        begins();
        return recordAttempts(tx, ended);
      })
      .finally(begins);
    this.waiting = { ended, done };
    return done;
  }

  /** The result was not stored (a full disk): waits before the delivery is attempted again. */
  private async notRecorded({ event }: DueDelivery, error: unknown): Promise<void> {
    this.log(`delivery of ${event.id} not recorded: ${String(error)}`);
    await wait(WAIT_AFTER_FAILURE_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }
}
