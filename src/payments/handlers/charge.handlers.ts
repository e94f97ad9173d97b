import type { EntityManager } from 'typeorm';
import { missingField, sourceOf } from '../../stripe/stripe-fields.js';
import type { Charge } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent, type StripeEventHandler, type StripeEventOf } from '../../webhook/index.js';
import { isRelease, RefundSync } from '../refunds/refund-sync.service.js';
import { ChargeSync } from '../store/charge-sync.service.js';

type ChargeEvent = 'charge.succeeded' | 'charge.captured' | 'charge.expired' | 'charge.refunded';

/**
 * Stores Stripe's receipt, whether the amount was reserved, captured or released, and the sum of the refunds. The refunds
 * themselves come with `refund.*`.
 */
@HandlesStripeEvent('charge.succeeded', 'charge.captured', 'charge.expired', 'charge.refunded')
export class RecordCharge implements StripeEventHandler<ChargeEvent> {
  constructor(private readonly charges: ChargeSync) {}

  reasonToIgnore({ type, data }: StripeEventOf<ChargeEvent>): string | undefined {
    return missingField('charge', data.object, {
      payment_intent: 'reference',
      ...(type === 'charge.refunded' && { amount_refunded: 'amount' }),
    });
  }

  async apply(event: StripeEventOf<ChargeEvent>, tx: EntityManager): Promise<void> {
    await this.charges.add(tx, { ...event.data.object, ...IMPLIED_BY_CHARGE_EVENT[event.type] }, sourceOf(event));
  }
}

/** What follows from the type of event, whatever its object says. */
const IMPLIED_BY_CHARGE_EVENT: Partial<Record<ChargeEvent, Partial<Charge>>> = {
  'charge.succeeded': { status: 'succeeded' },
  'charge.captured': { captured: true },
  'charge.expired': { captured: false, refunded: true },
};

type IntentEvent =
  | 'payment_intent.amount_capturable_updated'
  | 'payment_intent.succeeded'
  | 'payment_intent.canceled'
  | 'payment_intent.payment_failed';

/** Stores that a Payment Intent was authorized, captured or canceled, or that an attempt to pay was declined. */
@HandlesStripeEvent(
  'payment_intent.amount_capturable_updated',
  'payment_intent.succeeded',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
)
export class RecordPaymentIntent implements StripeEventHandler<IntentEvent> {
  constructor(private readonly charges: ChargeSync) {}

  reasonToIgnore({ data }: StripeEventOf<IntentEvent>): string | undefined {
    return missingField('Payment Intent', data.object, { id: 'word' });
  }

  async apply(event: StripeEventOf<IntentEvent>, tx: EntityManager): Promise<void> {
    const intent = event.data.object;
    const status = STATUS_BY_INTENT_EVENT[event.type];
    if (status) await this.charges.addIntent(tx, { ...intent, status }, sourceOf(event));
    else await this.charges.addDecline(tx, intent, sourceOf(event));
  }
}

const STATUS_BY_INTENT_EVENT: Partial<Record<IntentEvent, 'requires_capture' | 'succeeded' | 'canceled'>> = {
  'payment_intent.amount_capturable_updated': 'requires_capture',
  'payment_intent.succeeded': 'succeeded',
  'payment_intent.canceled': 'canceled',
};

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
