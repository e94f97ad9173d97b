import type { EntityManager } from 'typeorm';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent } from '../../webhook/handles-stripe-event.decorator.js';
import type { StripeEventHandler } from '../../webhook/stripe-event-handler.js';
import { ChargeRecord } from '../charges/charge-record.service.js';

/** An attempt to pay was declined; the customer may try again while the checkout is open. */
@HandlesStripeEvent('payment_intent.payment_failed')
export class RecordPaymentDeclined implements StripeEventHandler<'payment_intent.payment_failed'> {
  constructor(private readonly charges: ChargeRecord) {}

  async apply(event: StripeEventOf<'payment_intent.payment_failed'>, tx: EntityManager): Promise<void> {
    await this.charges.addDecline(tx, event.data.object, new Date(event.created * 1_000), event.id);
  }
}
