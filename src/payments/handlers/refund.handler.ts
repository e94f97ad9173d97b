import type { EntityManager } from 'typeorm';
import { HandlesStripeEvent, type StripeEventHandler, type StripeEventOf } from '../../webhook/index.js';
import { isRelease, RefundSync } from '../refunds/refund-sync.service.js';
import { missingField, sourceOf } from '../../stripe/stripe-fields.js';

type RefundEvent = 'refund.created' | 'refund.updated' | 'refund.failed' | 'charge.refund.updated';

/**
 * A refund was made, changed or failed, whoever asked for it: this app, an operator in the Dashboard, or a bank. Endpoints with an
 * API version before 2024-10-28 send only `charge.refund.updated` when a refund fails.
 */
@HandlesStripeEvent('refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated')
export class RecordRefund implements StripeEventHandler<RefundEvent> {
  constructor(private readonly refunds: RefundSync) {}

  reasonToIgnore({ data: { object: refund } }: StripeEventOf<RefundEvent>): string | undefined {
    const missing = missingField('refund', refund, {
      id: 'word',
      payment_intent: 'reference',
      amount: 'positiveAmount',
    });
    if (missing) return missing;
    return isRelease(refund) ? 'it releases an amount that was never captured: no money moved' : undefined;
  }

  async apply(event: StripeEventOf<RefundEvent>, tx: EntityManager): Promise<void> {
    const implied = event.type === 'refund.failed' ? { status: 'failed' } : {}; // whatever the object says
    await this.refunds.add(tx, { ...event.data.object, ...implied }, sourceOf(event));
  }
}
