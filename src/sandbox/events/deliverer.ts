import { setTimeout as wait } from 'node:timers/promises';
import { Alarm } from '../alarm.js';
import { NO_REQUEST, type Ledger } from '../ledger.js';
import type { DueDelivery } from './deliveries.js';
import type { Endpoint } from './endpoint.js';
import { nextAttemptAtMs } from './retries.js';

/** How many deliveries are under way at once: one slow or dead event must not hold up the others. */
const PARALLEL = 8;
const WAIT_AFTER_FAILURE_MS = 1000;

/** Takes events to the endpoint until each got through or was given up. */
export class Deliverer {
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly stopped = new AbortController();
  private readonly alarm: Alarm;
  private held = false;

  constructor(
    private readonly ledger: Ledger,
    private readonly endpoint: Endpoint,
    private readonly retryDelaysMs: readonly number[],
    private readonly log: (line: string) => void,
  ) {
    this.alarm = new Alarm(() => this.startDue(), log);
  }

  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.wake();
  }

  wake(): void {
    this.alarm.ringNow();
  }

  /** An attempt under way is broken off and made again after the next start. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.alarm.stop();
    await Promise.all(this.underWay.values());
  }

  private async startDue(): Promise<number | undefined> {
    const free = PARALLEL - this.underWay.size;
    if (free === 0) return undefined;

    const nowMs = Date.now();
    const { due, nextDueAtMs } = await this.ledger.read(async ({ deliveries }) => ({
      // Those under way are still due by the book, so room is left for them.
      due: await deliveries.due(nowMs, PARALLEL + this.underWay.size),
      nextDueAtMs: await deliveries.nextDueAtMs(nowMs),
    }));
    if (this.held) return undefined;
    const startable = due.filter(({ eventId }) => !this.underWay.has(eventId)).slice(0, free);
    for (const delivery of startable) this.start(delivery);
    return nextDueAtMs;
  }

  private start(delivery: DueDelivery): void {
    const attempt = this.attempt(delivery)
      .catch((error: unknown) => this.notRecorded(delivery, error))
      .finally(() => {
        this.underWay.delete(delivery.eventId);
        this.wake();
      });
    this.underWay.set(delivery.eventId, attempt);
  }

  private async attempt({ eventId, attempts, madeAtMs }: DueDelivery): Promise<void> {
    const event = await this.ledger.read(({ objects }) => objects.get('event', eventId));
    const { ok, answer } = await this.endpoint.send(event, this.stopped.signal);
    if (!ok && this.stopped.signal.aborted) return;

    await this.ledger.change(NO_REQUEST, async ({ objects, deliveries }) => {
      if (ok) {
        await objects.save({ ...event, pending_webhooks: 0 });
        return deliveries.delivered(eventId, answer);
      }
      const retryAtMs = nextAttemptAtMs(attempts + 1, madeAtMs, Date.now(), this.retryDelaysMs);
      if (retryAtMs === undefined) return deliveries.givenUp(eventId, answer);
      return deliveries.retryAt(eventId, answer, retryAtMs);
    });
    if (!ok) this.log(`${event.type} ${eventId} was not delivered: ${answer}`);
  }

  /** The state file did not take it (a full disk): sent again, but not in a tight loop. */
  private async notRecorded({ eventId }: DueDelivery, error: unknown): Promise<void> {
    this.log(`delivery of ${eventId} not recorded: ${String(error)}`);
    await wait(WAIT_AFTER_FAILURE_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }
}
