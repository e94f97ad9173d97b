import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { Clock } from '../../time/clock.js';
import { RecurringTask } from '../../time/recurring-task.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import { SubscriptionStore } from '../store/subscription-store.service.js';
import { Subscription } from '../store/subscription.entity.js';
import { AccessSync } from './access-sync.service.js';

const PERIOD_MS = 5_000;
/** Subscriptions that one query finds. */
const PAGE_SIZE = 100;
/** A subscription whose change failed is tried again after this time, ms, doubled with each failure. */
const FIRST_DELAY_MS = 5_000;
const LONGEST_DELAY_MS = 3_600_000;
/** After Stripe did not answer, it is not asked for this time, ms: what is due must not wait for one call after the other. */
const STRIPE_AWAY_MS = 30_000;

/** One subscription after the other, by the index on `changes_at`: what is not due costs nothing. */
const DUE = `
  SELECT id, changes_at FROM subscriptions
  WHERE changes_at IS NOT NULL AND changes_at <= $1 AND (changes_at > $2 OR (changes_at = $2 AND id > $3))
  ORDER BY changes_at, id LIMIT ${PAGE_SIZE}`;

/**
 * Derives access again when it changes by the passing of time alone: the end of a trial, of a grace, of a subscription. Every 5 s,
 * and at once when the shop's clock was moved. Several instances may run it: each change is stored, and its handlers run, once.
 */
@Injectable()
export class AccessTimer implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Subscriptions');
  private readonly task = new RecurringTask({ name: 'Access over time', periodMs: PERIOD_MS }, () => this.runDue());
  /** What failed, and when it is tried again, by `performance.now()`. */
  private readonly failed = new Map<string, { failures: number; nextAt: number }>();
  /** By `performance.now()`. */
  private stripeAwayUntil = 0;
  private started = false;

  constructor(
    private readonly units: UnitOfWork,
    private readonly store: SubscriptionStore,
    private readonly sync: AccessSync,
    private readonly reader: SnapshotReader,
    private readonly clock: Clock,
    @InjectRepository(Subscription) private readonly subscriptions: Repository<Subscription>,
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => {
      this.started = true;
      this.task.start();
    });
    clock.onMove(() => void (this.started && this.task.runNow()));
  }

  beforeApplicationShutdown(): void {
    this.task.stop();
  }

  /** Stores every change that is due. A failure is logged, tried again later, and holds up no other. Returns how many there were. */
  async runDue(): Promise<number> {
    const now = this.clock.now().getTime();
    let count = 0;
    for (let last = { id: '', changes_at: 0 as number | string }; ;) {
      const due: { id: string; changes_at: number | string }[] = await this.subscriptions.query(DUE, [
        now,
        Number(last.changes_at),
        last.id,
      ]);
      for (const { id } of due) if (!this.waits(id) && !this.task.isStopped && (await this.runOne(id))) count++;
      if (due.length < PAGE_SIZE || this.task.isStopped) return count;
      last = due.at(-1) ?? last;
    }
  }

  private waits(id: string): boolean {
    return (this.failed.get(id)?.nextAt ?? 0) > performance.now();
  }

  private async runOne(id: string): Promise<boolean> {
    try {
      await this.askStripe(id);
      const changed = await this.units.run((tx) => this.change(tx, id), { queue: 'handling' });
      this.failed.delete(id);
      return changed;
    } catch (error) {
      const failures = (this.failed.get(id)?.failures ?? 0) + 1;
      const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS);
      this.failed.set(id, { failures, nextAt: performance.now() + delayMs });
      this.logger.error(`The access of ${id} is changed later, in ${delayMs / 1_000} s. ${String(error)}`);
      return false;
    }
  }

  /**
   * Before access ends by the time alone: what Stripe knows may not have come yet, such as a payment, or the end being taken back,
   * after this app was down. Where Stripe cannot be asked, the time decides.
   */
  private async askStripe(id: string): Promise<void> {
    if (this.stripeAwayUntil > performance.now()) return;
    const request = { kind: 'subscription', id, cause: 'time', at: this.clock.now() } as const;
    const outcome = await this.reader.readNow(request).catch((error: unknown) => {
      if (error instanceof StripeUnavailableError) this.stripeAwayUntil = performance.now() + STRIPE_AWAY_MS;
      this.logger.warn(`The access of ${id} changes by the time alone. ${String(error)}`);
      return undefined;
    });
    if (outcome === 'later') throw new Error('What Stripe says of it could not be stored, since a handler failed.');
  }

  /** False where nothing is due any more: the read changed it, or another instance. */
  private async change(tx: EntityManager, id: string): Promise<boolean> {
    const subscription = await this.store.lock(tx, id);
    const at = subscription?.changesAt;
    if (!at || at > this.clock.now()) return false;
    await this.sync.refresh(tx, subscription, { cause: 'time', at }, { byTime: true });
    return true;
  }
}
