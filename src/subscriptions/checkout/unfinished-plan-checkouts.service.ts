import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThan, type Repository } from 'typeorm';
import { Env } from '../../config/env.js';
import { identifierOf } from '../../stripe/stripe-fields.js';
import { StripeService } from '../../stripe/stripe.service.js';
import { RecurringTask } from '../../time/recurring-task.js';
import { SubscriptionCheckout } from '../store/subscription-checkout.entity.js';
import { SubscriptionCheckouts } from './subscription-checkouts.service.js';
import { Clock } from '../../time/clock.js';

const PERIOD_MS = 20_000;
/** A request that creates a session, here or in another instance, is answered within this time: younger checkouts are skipped. */
const MIN_AGE_MS = 20_000;
/** Stripe's clock may be this far behind ours. */
const CLOCK_SKEW_MS = 60_000;

/** Finishes checkouts of plans whose Checkout Session is not known because the app stopped or Stripe did not answer. */
@Injectable()
export class UnfinishedPlanCheckouts implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Subscriptions');
  private readonly task = new RecurringTask({ name: 'Unfinished checkouts of plans', periodMs: PERIOD_MS }, () =>
    this.finish(new Date(this.clock.now().getTime() - MIN_AGE_MS)),
  );

  constructor(
    private readonly env: Env,
    private readonly stripe: StripeService,
    private readonly checkouts: SubscriptionCheckouts,
    @InjectRepository(SubscriptionCheckout) private readonly rows: Repository<SubscriptionCheckout>,
    private readonly clock: Clock,
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => this.task.start());
  }

  beforeApplicationShutdown(): void {
    this.task.stop();
  }

  /** Finishes the checkouts whose session was last requested before `askedBefore`. Returns how many there were. */
  async finish(askedBefore: Date): Promise<number> {
    const unfinished = { checkoutSessionId: IsNull(), status: 'open' } as const;
    const left = await this.rows.find({
      where: [
        { ...unfinished, sessionAskedAt: LessThan(askedBefore) },
        { ...unfinished, sessionAskedAt: IsNull(), createdAt: LessThan(askedBefore) },
      ],
      order: { createdAt: 'ASC' },
    });
    const [oldest] = left;
    if (!oldest) return 0;
    const unknown = new Set(left.map(({ id }) => id));
    const since = new Date(oldest.createdAt.getTime() - CLOCK_SKEW_MS);
    for await (const sessions of this.stripe.checkoutSessionsSince(since))
      for (const session of sessions) {
        if (session.metadata?.app_name !== this.env.appName) continue;
        if (unknown.delete(identifierOf(session.metadata.checkout_id) ?? ''))
          await this.checkouts.note(session, 'found at Stripe');
      }
    for (const id of unknown) await this.checkouts.expireWithoutSession(id, askedBefore);
    this.logger.log(
      `${left.length} checkouts of plans were unfinished; ${unknown.size} of them did not exist at Stripe`,
    );
    return left.length;
  }
}
