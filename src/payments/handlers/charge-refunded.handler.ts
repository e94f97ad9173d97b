import type { EntityManager } from 'typeorm';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent } from '../../webhook/handles-stripe-event.decorator.js';
import type { StripeEventHandler } from '../../webhook/stripe-event-handler.js';
import { PaymentLedger } from '../payment-ledger.service.js';
import { Payment } from '../payment.entity.js';

/** Tells the running sum of a charge's refunds, never one refund: those come as `refund.*`. */
@HandlesStripeEvent('charge.refunded')
export class NoteChargeRefunded implements StripeEventHandler<'charge.refunded'> {
  constructor(private readonly ledger: PaymentLedger) {}

  async apply(event: StripeEventOf<'charge.refunded'>, tx: EntityManager): Promise<void> {
    const { payment_intent: intent, amount_refunded: chargeRefundedHigh } = event.data.object;
    const paymentIntentId = typeof intent === 'string' ? intent : intent?.id;
    const payment = paymentIntentId ? await tx.findOneBy(Payment, { paymentIntentId }) : null;
    if (payment) await this.ledger.add(tx, payment, { chargeRefundedHigh }, event.id);
  }
}
