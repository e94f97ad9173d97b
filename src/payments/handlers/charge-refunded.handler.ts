import { type EntityManager, IsNull } from 'typeorm';
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
    const { payment_intent: intent, amount_refunded: chargeRefundedHigh, metadata } = event.data.object;
    const paymentIntentId = typeof intent === 'string' ? intent : intent?.id;
    if (!paymentIntentId) return;
    const payment = await this.paymentOf(tx, paymentIntentId, metadata.payment_id);
    const facts = { paymentIntentId, chargeRefundedHigh };
    if (payment) await this.ledger.add(tx, [{ payment, facts, cause: event.id }]);
  }

  /** By its own id where this comes before what tells the Payment Intent: the charge carries the metadata of both. */
  private async paymentOf(tx: EntityManager, paymentIntentId: string, id: string | undefined): Promise<Payment | null> {
    const known = await tx.findOneBy(Payment, { paymentIntentId });
    return known ?? (id ? tx.findOneBy(Payment, { id, paymentIntentId: IsNull() }) : null);
  }
}
