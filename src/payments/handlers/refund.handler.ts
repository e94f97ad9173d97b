import type { EntityManager } from 'typeorm';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../webhook/index.js';
import { faultOfRefund, RefundSync } from '../refunds/refund-sync.service.js';
import { sourceOf } from '../state/event-object.js';

type RefundEvent = 'refund.created' | 'refund.updated' | 'refund.failed' | 'charge.refund.updated';

/**
 * A refund was made, went on, or came back: by us, by hand in the Dashboard, or by a bank. `charge.refund.updated` says the same
 * of it, and is all that an endpoint of an API version before 2024-10-28 sends of a refund that fails.
 */
@HandlesStripeEvent('refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated')
export class RecordRefund implements StripeEventHandler<RefundEvent> {
  constructor(private readonly refunds: RefundSync) {}

  reasonToIgnore(event: StripeEventOf<RefundEvent>): string | undefined {
    return faultOfRefund(event.data.object);
  }

  async apply(event: StripeEventOf<RefundEvent>, tx: EntityManager): Promise<void> {
    const failed = event.type === 'refund.failed' ? { status: 'failed' } : {}; // the type says so by itself
    await this.refunds.add(tx, { ...event.data.object, ...failed }, sourceOf(event));
  }
}
