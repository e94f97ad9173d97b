import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';
import { Clock } from '../../time/clock.js';
import { RecurringTask } from '../../time/recurring-task.js';
import { SubscriptionChange } from '../store/subscription-change.entity.js';
import { PlanChanges } from './plan-changes.service.js';

const PERIOD_MS = 20_000;
/** A request that makes a change, here or in another instance, is answered within this time, usually: younger changes are skipped. */
const MIN_AGE_MS = 120_000;

/** Finishes changes of plans that were confirmed, and of which it is not known whether they were made. */
@Injectable()
export class UnfinishedPlanChanges implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Subscriptions');
  private readonly task = new RecurringTask({ name: 'Unfinished changes of plans', periodMs: PERIOD_MS }, () =>
    this.finish(new Date(this.clock.now().getTime() - MIN_AGE_MS)),
  );

  constructor(
    private readonly changes: PlanChanges,
    private readonly clock: Clock,
    @InjectRepository(SubscriptionChange) private readonly rows: Repository<SubscriptionChange>,
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => this.task.start());
  }

  beforeApplicationShutdown(): void {
    this.task.stop();
  }

  /** Finishes, or drops, the changes that were confirmed before then. Returns how many it has; others are tried again later. */
  async finish(requestedBefore: Date): Promise<number> {
    const left = await this.rows.findBy({ status: 'requested', requestedAt: LessThan(requestedBefore) });
    let finished = 0;
    for (const change of left)
      try {
        await this.changes.finish(change);
        finished++;
      } catch (error) {
        this.logger.warn(`The change ${change.id} of ${change.subscriptionId} is not finished yet. ${String(error)}`);
      }
    if (finished > 0) this.logger.log(`${finished} changes of plans were unfinished`);
    return finished;
  }
}
