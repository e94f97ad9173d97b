import type { EntityManager } from 'typeorm';
import type { Charge, StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../webhook/index.js';
import { ChargeSync } from '../store/charge-sync.service.js';
import { missingPart, sourceOf } from '../state/event-object.js';

type ChargeEvent = 'charge.succeeded' | 'charge.captured' | 'charge.expired' | 'charge.refunded';

/**
 * A charge brings Stripe's receipt, whether its amount is reserved, taken or released, and the running sum of its refunds, never
 * one refund: those come as `refund.*`.
 */
@HandlesStripeEvent('charge.succeeded', 'charge.captured', 'charge.expired', 'charge.refunded')
export class RecordCharge implements StripeEventHandler<ChargeEvent> {
  constructor(private readonly charges: ChargeSync) {}

  reasonToIgnore(event: StripeEventOf<ChargeEvent>): string | undefined {
    const isRefunded = event.type === 'charge.refunded';
    return missingPart(event, { payment_intent: 'reference', ...(isRefunded && { amount_refunded: 'count' }) });
  }

  async apply(event: StripeEventOf<ChargeEvent>, tx: EntityManager): Promise<void> {
    await this.charges.add(tx, { ...event.data.object, ...IMPLIED_BY_TYPE[event.type] }, sourceOf(event));
  }
}

/** What the type of event says by itself. */
const IMPLIED_BY_TYPE: Partial<Record<ChargeEvent, Partial<Charge>>> = {
  'charge.succeeded': { status: 'succeeded' },
  'charge.captured': { captured: true },
  'charge.expired': { captured: false, refunded: true },
};

type IntentEvent =
  | 'payment_intent.amount_capturable_updated'
  | 'payment_intent.succeeded'
  | 'payment_intent.canceled'
  | 'payment_intent.payment_failed';

/** A Payment Intent was authorized, captured or canceled; or an attempt to pay was declined, and another may follow. */
@HandlesStripeEvent(
  'payment_intent.amount_capturable_updated',
  'payment_intent.succeeded',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
)
export class RecordPaymentIntent implements StripeEventHandler<IntentEvent> {
  constructor(private readonly charges: ChargeSync) {}

  reasonToIgnore(event: StripeEventOf<IntentEvent>): string | undefined {
    return missingPart(event, { id: 'text' });
  }

  async apply(event: StripeEventOf<IntentEvent>, tx: EntityManager): Promise<void> {
    const intent = event.data.object;
    const status = STATUS[event.type];
    if (status) await this.charges.addIntent(tx, { ...intent, status }, sourceOf(event));
    else await this.charges.addDecline(tx, intent, sourceOf(event));
  }
}

/** What the type of event says by itself. */
const STATUS: Partial<Record<IntentEvent, 'requires_capture' | 'succeeded' | 'canceled'>> = {
  'payment_intent.amount_capturable_updated': 'requires_capture',
  'payment_intent.succeeded': 'succeeded',
  'payment_intent.canceled': 'canceled',
};
