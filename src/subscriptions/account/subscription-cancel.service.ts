import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { isMissing, StripeRefusedError } from '../../stripe/stripe.errors.js';
import { StripeSubscriptions } from '../../stripe/stripe-subscriptions.service.js';
import { Clock } from '../../time/clock.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import type { ReadRequest } from '../reads/stripe-reads.service.js';
import { SubscriptionSync } from '../sync/subscription-sync.service.js';
import { type SubscriptionDetails, SubscriptionReader } from './subscription-reader.service.js';

export type CancelResult =
  | { outcome: 'canceled'; subscription: SubscriptionDetails }
  /** Its end is scheduled for the end of the period. */
  | { outcome: 'ending'; subscription: SubscriptionDetails }
  | { outcome: 'ended_already'; subscription: SubscriptionDetails }
  | { outcome: 'refused'; reason: string }
  | { outcome: 'unknown_subscription' };

/** Ends subscriptions, for operators. */
@Injectable()
export class SubscriptionCancel {
  constructor(
    private readonly stripe: StripeSubscriptions,
    private readonly snapshots: SnapshotReader,
    private readonly reader: SubscriptionReader,
    private readonly sync: SubscriptionSync,
    private readonly units: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends a subscription at once, or at the end of its period. Nothing is refunded. One that Stripe does not have, as after a change
   * of the account, ends here.
   * @throws StripeUnavailableError where the outcome is not known; safe to repeat
   */
  async cancel(id: string, when: 'now' | 'at_period_end', actor: string): Promise<CancelResult> {
    const known = await this.reader.details(id);
    if (!known) return { outcome: 'unknown_subscription' };
    if (known.status === 'canceled' || known.status === 'incomplete_expired')
      return { outcome: 'ended_already', subscription: known };
    const request = { kind: 'subscription' as const, id, cause: 'cancellation', at: this.clock.now(), actor };
    const key = `cancel_${id}_${when}_${known.version}`;
    try {
      await this.snapshots.change(request, () =>
        when === 'now' ? this.stripe.cancelSubscription(id, key) : this.stripe.scheduleEnd(id, undefined, key),
      );
    } catch (error) {
      if (isMissing(error)) return this.endUnknown(known, request);
      if (!(error instanceof StripeRefusedError)) throw error;
      return { outcome: 'refused', reason: error.reason };
    }
    const subscription = (await this.reader.details(id)) ?? known;
    return { outcome: when === 'now' ? 'canceled' : 'ending', subscription };
  }

  /** Stripe says that it has no such subscription, which it also says of one that has ended. */
  private async endUnknown(known: SubscriptionDetails, request: ReadRequest): Promise<CancelResult> {
    if (await this.stripe.findSubscription(known.id)) {
      await this.snapshots.readNow(request);
      return { outcome: 'ended_already', subscription: (await this.reader.details(known.id)) ?? known };
    }
    await this.units.run((tx) => this.sync.endMissing(tx, known.id, request));
    return { outcome: 'canceled', subscription: (await this.reader.details(known.id)) ?? known };
  }
}
