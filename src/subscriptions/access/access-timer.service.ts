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
/** Where Stripe does not answer for this time, ms, access ends by the time alone: an outage of a minute revokes nothing that is paid. */
const LONGEST_AWAY_MS = 600_000;

/** A subscription that was found due and is not done. Times by `performance.now()`. */
interface Waiting {
  since: number;
  failures: number;
  /** When it is tried again. */
  nextAt: number;
}

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
  /** What is due and not done, by the subscription's id. */
  private waiting = new Map<string, Waiting>();
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
    const waiting = new Map<string, Waiting>();
    let count = 0;
    for (let last = { id: '', changes_at: 0 as number | string }; ;) {
      const due: { id: string; changes_at: number | string }[] = await this.subscriptions.query(DUE, [
        now,
        Number(last.changes_at),
        last.id,
      ]);
      for (const { id } of due) {
        const known = this.waiting.get(id) ?? { since: performance.now(), failures: 0, nextAt: 0 };
        waiting.set(id, known);
        if (known.nextAt <= performance.now() && !this.task.isStopped && (await this.runOne(id, known))) count++;
      }
      if (due.length < PAGE_SIZE || this.task.isStopped) break;
      last = due.at(-1) ?? last;
    }
    this.waiting = waiting;
    return count;
  }

  private async runOne(id: string, waiting: Waiting): Promise<boolean> {
    try {
      const isKnown = await this.askStripe(id);
      const byTime = isKnown || performance.now() - waiting.since >= LONGEST_AWAY_MS;
      const changed = await this.units.run((tx) => this.change(tx, id, byTime), { queue: 'handling' });
      waiting.failures = 0;
      waiting.nextAt = isKnown ? 0 : this.stripeAwayUntil;
      return changed;
    } catch (error) {
      const delayMs = Math.min(FIRST_DELAY_MS * 2 ** waiting.failures, LONGEST_DELAY_MS);
      waiting.failures++;
      waiting.nextAt = performance.now() + delayMs;
      this.logger.error(`The access of ${id} is changed later, in ${delayMs / 1_000} s. ${String(error)}`);
      return false;
    }
  }

  /**
   * Before access ends by the time alone: what Stripe knows may not have come yet, such as a payment, or the end being taken back,
   * after this app was down. Returns false where Stripe does not answer; where it refuses to, the time decides.
   */
  private async askStripe(id: string): Promise<boolean> {
    if (this.stripeAwayUntil > performance.now()) return false;
    const request = { kind: 'subscription', id, cause: 'time', at: this.clock.now() } as const;
    try {
      const outcome = await this.reader.readNow(request);
      if (outcome === 'stored') return true;
    } catch (error) {
      const isAway = error instanceof StripeUnavailableError;
      if (isAway) this.stripeAwayUntil = performance.now() + STRIPE_AWAY_MS;
      const what = isAway ? 'does not end before Stripe is asked again, in 30 s' : 'changes by the time alone';
      this.logger.warn(`The access of ${id} ${what}. ${String(error)}`);
      return !isAway;
    }
    throw new Error('What Stripe says of it could not be stored, since a handler failed.');
  }

  /**
   * False where nothing is due any more, since the read changed it, or another instance; and where access would end that Stripe was
   * not asked about.
   */
  private async change(tx: EntityManager, id: string, byTime: boolean): Promise<boolean> {
    const subscription = await this.store.lock(tx, id);
    const at = subscription?.changesAt;
    if (!at || at > this.clock.now()) return false;
    await this.sync.refresh(tx, subscription, { cause: 'time', at }, { byTime });
    return subscription.changesAt !== at;
  }
}
