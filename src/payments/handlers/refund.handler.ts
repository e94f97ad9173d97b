import type { EntityManager } from 'typeorm';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent } from '../../webhook/handles-stripe-event.decorator.js';
import type { StripeEventHandler } from '../../webhook/stripe-event-handler.js';
import { sourceOf } from './event-source.js';
import { RefundRecord } from '../refunds/refund-record.service.js';

type RefundEvent = 'refund.created' | 'refund.updated' | 'refund.failed';

/** A refund was made, went on, or came back: by us, by hand in the Dashboard, or by a bank. */
@HandlesStripeEvent('refund.created', 'refund.updated', 'refund.failed')
export class RecordRefund implements StripeEventHandler<RefundEvent> {
  constructor(private readonly refunds: RefundRecord) {}

  async apply(event: StripeEventOf<RefundEvent>, tx: EntityManager): Promise<void> {
    await this.refunds.add(tx, event.data.object, sourceOf(event));
  }
}
