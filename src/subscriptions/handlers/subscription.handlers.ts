import type { EntityManager } from 'typeorm';
import { missingField, sourceOf } from '../../stripe/stripe-fields.js';
import { HandlesStripeEvent, type Ignored, type StripeEventHandler, type StripeEventOf } from '../../webhook/index.js';
import { lockKeysOf } from '../sync/read-subscription.js';
import { SubscriptionSync } from '../sync/subscription-sync.service.js';

type SubscriptionEvent =
  | 'customer.subscription.created'
  | 'customer.subscription.updated'
  | 'customer.subscription.deleted'
  | 'customer.subscription.paused'
  | 'customer.subscription.resumed'
  | 'customer.subscription.pending_update_applied'
  | 'customer.subscription.pending_update_expired'
  | 'customer.subscription.trial_will_end';

/** Adds the facts of a subscription's event, and has the subscription read from Stripe: events may come in any order. */
@HandlesStripeEvent(
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.resumed',
  'customer.subscription.pending_update_applied',
  'customer.subscription.pending_update_expired',
  'customer.subscription.trial_will_end',
)
export class RecordSubscription implements StripeEventHandler<SubscriptionEvent> {
  constructor(private readonly subscriptions: SubscriptionSync) {}

  reasonToIgnore({ type, data }: StripeEventOf<SubscriptionEvent>): string | undefined {
    return missingField('subscription', data.object, {
      id: 'word',
      customer: 'reference',
      ...(type !== 'customer.subscription.deleted' && { status: 'word' }),
    });
  }

  lockKeys({ data }: StripeEventOf<SubscriptionEvent>): string[] {
    return lockKeysOf(data.object);
  }

  async apply(event: StripeEventOf<SubscriptionEvent>, tx: EntityManager): Promise<Ignored | void> {
    const implied = event.type === 'customer.subscription.deleted' ? { status: 'canceled' as const } : {};
    return this.subscriptions.recordEvent(tx, { ...event.data.object, ...implied }, sourceOf(event));
  }
}
