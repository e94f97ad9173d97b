import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Not, type Repository } from 'typeorm';
import { RefundService } from '../../payments/refunds/refund.service.js';
import { RecurringTask } from '../../time/recurring-task.js';
import { isLiveStatus } from '../state/derive-plan.js';
import { type Plan, PLANS } from '../state/plan.js';
import { Invoice } from '../store/invoice.entity.js';
import { Subscription } from '../store/subscription.entity.js';
import { SubscriptionCancel } from './subscription-cancel.service.js';

const PERIOD_MS = 20_000;
/** Who did it, for the histories of subscription and payment. */
const ACTOR = 'double sale';

/**
 * Ends second live subscriptions of a group, and refunds what they took, where a plan's setting `secondSubscription` is `cancel`.
 * The older one stays. Safe to repeat after a crash: what is ended is ended, and what is refunded is refunded.
 */
@Injectable()
export class DuplicateEnd implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Subscriptions');
  private readonly task = new RecurringTask({ name: 'Second subscriptions', periodMs: PERIOD_MS }, () => this.endAll());

  constructor(
    private readonly cancels: SubscriptionCancel,
    private readonly refunds: RefundService,
    @Inject(PLANS) private readonly plans: readonly Plan[],
    @InjectRepository(Subscription) private readonly subscriptions: Repository<Subscription>,
    @InjectRepository(Invoice) private readonly invoices: Repository<Invoice>,
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => {
      if (this.groups.size > 0) this.task.start();
    });
  }

  beforeApplicationShutdown(): void {
    this.task.stop();
  }

  /** Returns how many were ended. */
  async endAll(): Promise<number> {
    const marked = await this.subscriptions.findBy({ duplicateOf: Not(IsNull()) });
    const live = marked.filter(({ status, planGroup }) => isLiveStatus(status) && this.groups.has(planGroup ?? ''));
    for (const { id, duplicateOf } of live) {
      const first = await this.subscriptions.findOneBy({ id: duplicateOf ?? '' });
      if (!first || !isLiveStatus(first.status)) continue; // it is the only one by now
      await this.refund(id);
      const { outcome } = await this.cancels.cancel(id, 'now', ACTOR);
      this.logger.warn(`${id} was a second subscription beside ${first.id}: ${outcome}, and what it took is refunded`);
    }
    return live.length;
  }

  /** Groups of which at least one plan says so. */
  private get groups(): ReadonlySet<string> {
    const ending = this.plans.filter(({ settings }) => settings.secondSubscription === 'cancel');
    return new Set(ending.map(({ group }) => group));
  }

  private async refund(subscriptionId: string): Promise<void> {
    for (const { paymentId } of await this.invoices.findBy({ subscriptionId })) {
      if (!paymentId) continue;
      const result = await this.refunds.request({
        payment: { id: paymentId },
        requestedBy: ACTOR,
        reason: 'duplicate',
      });
      if (result.outcome === 'declined')
        this.logger.error(`Payment ${paymentId} could not be refunded: ${result.reason}`);
    }
  }
}
