import type { EntityManager } from 'typeorm';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../webhook/index.js';
import { type DisputeUpdate, DisputeSync } from '../disputes/dispute-sync.service.js';
import { missingOfDispute } from '../disputes/read-dispute.js';
import { EarlyFraudWarningSync, missingOfWarning } from '../disputes/early-fraud-warning-sync.service.js';

type DisputeEvent =
  | 'charge.dispute.created'
  | 'charge.dispute.updated'
  | 'charge.dispute.closed'
  | 'charge.dispute.funds_withdrawn'
  | 'charge.dispute.funds_reinstated';

/** The customer's bank questions a payment, takes the money, decides, or gives it back. */
@HandlesStripeEvent(
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
)
export class RecordDispute implements StripeEventHandler<DisputeEvent> {
  constructor(private readonly disputes: DisputeSync) {}

  /** Pure: what an object must have so that anything can be learnt from it. */
  reasonToIgnore(event: StripeEventOf<DisputeEvent>): string | undefined {
    return missingOfDispute(event.data.object);
  }

  async apply(event: StripeEventOf<DisputeEvent>, tx: EntityManager): Promise<void> {
    await this.disputes.add(tx, {
      dispute: event.data.object,
      at: new Date(event.created * 1_000),
      cause: event.id,
      money: MONEY[event.type],
    });
  }
}

const MONEY: Partial<Record<DisputeEvent, DisputeUpdate['money']>> = {
  'charge.dispute.funds_withdrawn': 'withdrawn',
  'charge.dispute.funds_reinstated': 'reinstated',
};

type WarningEvent = 'radar.early_fraud_warning.created' | 'radar.early_fraud_warning.updated';

/** A card's issuer reports a payment as fraud, or a warning of that is over. */
@HandlesStripeEvent('radar.early_fraud_warning.created', 'radar.early_fraud_warning.updated')
export class RecordEarlyFraudWarning implements StripeEventHandler<WarningEvent> {
  constructor(private readonly warnings: EarlyFraudWarningSync) {}

  /** Pure: what an object must have so that anything can be learnt from it. */
  reasonToIgnore(event: StripeEventOf<WarningEvent>): string | undefined {
    return missingOfWarning(event.data.object);
  }

  async apply(event: StripeEventOf<WarningEvent>, tx: EntityManager): Promise<void> {
    await this.warnings.add(tx, event.data.object, new Date(event.created * 1_000));
  }
}
