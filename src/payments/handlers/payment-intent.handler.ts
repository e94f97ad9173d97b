import type { EntityManager } from 'typeorm';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../webhook/index.js';
import { ChargeRecord } from '../charges/charge-record.service.js';
import { sourceOf } from './event-source.js';
import { missingPart } from './missing-part.js';

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
  constructor(private readonly charges: ChargeRecord) {}

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
