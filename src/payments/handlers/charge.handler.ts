import type { EntityManager } from 'typeorm';
import type { Charge, StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../webhook/index.js';
import { ChargeRecord } from '../charges/charge-record.service.js';
import { sourceOf } from './event-source.js';
import { missingPart } from './missing-part.js';

type ChargeEvent = 'charge.succeeded' | 'charge.captured' | 'charge.expired' | 'charge.refunded';

/**
 * A charge brings Stripe's receipt, whether its amount is reserved, taken or released, and the running sum of its refunds, never
 * one refund: those come as `refund.*`.
 */
@HandlesStripeEvent('charge.succeeded', 'charge.captured', 'charge.expired', 'charge.refunded')
export class RecordCharge implements StripeEventHandler<ChargeEvent> {
  constructor(private readonly charges: ChargeRecord) {}

  reasonToIgnore(event: StripeEventOf<ChargeEvent>): string | undefined {
    const isRefunded = event.type === 'charge.refunded';
    return missingPart(event, { payment_intent: 'reference', ...(isRefunded && { amount_refunded: 'count' }) });
  }

  async apply(event: StripeEventOf<ChargeEvent>, tx: EntityManager): Promise<void> {
    await this.charges.add(tx, { ...event.data.object, ...SAYS[event.type] }, sourceOf(event));
  }
}

/** What the type of event says by itself. */
const SAYS: Partial<Record<ChargeEvent, Partial<Charge>>> = {
  'charge.succeeded': { status: 'succeeded' },
  'charge.captured': { captured: true },
  'charge.expired': { captured: false, refunded: true },
};
