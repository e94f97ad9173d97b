import type { EntityManager } from 'typeorm';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent } from '../../webhook/handles-stripe-event.decorator.js';
import type { StripeEventHandler } from '../../webhook/stripe-event-handler.js';
import { ChargeRecord } from '../charges/charge-record.service.js';

type ChargeEvent = 'charge.succeeded' | 'charge.refunded';

/**
 * A charge brings Stripe's receipt and the running sum of its refunds, never one refund: those come as `refund.*`. That it
 * succeeded settles nothing: its checkout tells that.
 */
@HandlesStripeEvent('charge.succeeded', 'charge.refunded')
export class RecordCharge implements StripeEventHandler<ChargeEvent> {
  constructor(private readonly charges: ChargeRecord) {}

  async apply(event: StripeEventOf<ChargeEvent>, tx: EntityManager): Promise<void> {
    await this.charges.add(tx, event.data.object, event.id);
  }
}
