import type { EntityManager } from 'typeorm';
import { inTurn } from '../../database/in-turn.js';
import { Table } from '../../database/table.js';
import { idOf } from '../../stripe/id-of.js';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent } from '../../webhook/handles-stripe-event.decorator.js';
import type { StripeEventHandler } from '../../webhook/stripe-event-handler.js';
import { PaymentLedger } from '../payment-ledger.service.js';
import { Payment } from '../payment.entity.js';

const payments = new Table(Payment);

/** Tells the running sum of a charge's refunds, never one refund: those come as `refund.*`. */
@HandlesStripeEvent('charge.refunded')
export class NoteChargeRefunded implements StripeEventHandler<'charge.refunded'> {
  constructor(private readonly ledger: PaymentLedger) {}

  async apply(event: StripeEventOf<'charge.refunded'>, tx: EntityManager): Promise<void> {
    const { payment_intent: intent, amount_refunded: sum } = event.data.object;
    const paymentIntentId = idOf(intent);
    if (!paymentIntentId) return;
    await inTurn(tx, [paymentIntentId]);
    await keepHighest(tx, paymentIntentId, sum);
    const [payment] = await payments.findToChange(tx, { paymentIntentId });
    if (payment) await this.ledger.refresh(tx, payment, event.id);
  }
}

/** Events come in any order: a lower sum is an older one, or one whose refund has failed since, which its refund tells. */
const keepHighest = (tx: EntityManager, paymentIntentId: string, sum: number): Promise<unknown> =>
  tx.query(
    `INSERT INTO charges (payment_intent_id, refunded_high) VALUES ($1, $2)
     ON CONFLICT (payment_intent_id) DO UPDATE SET refunded_high = excluded.refunded_high
     WHERE excluded.refunded_high > charges.refunded_high`,
    [paymentIntentId, sum],
  );
