import type { EntityManager } from 'typeorm';
import { HandlesStripeEvent, type StripeEventHandler, type StripeEventOf } from '../../webhook/index.js';
import { DisputeSync, type DisputeUpdate, missingInDispute } from '../disputes/dispute-sync.service.js';
import { EarlyFraudWarningSync, missingInWarning } from '../disputes/early-fraud-warning-sync.service.js';
import { sourceOf } from '../../stripe/stripe-fields.js';

type DisputeEvent =
  | 'charge.dispute.created'
  | 'charge.dispute.updated'
  | 'charge.dispute.closed'
  | 'charge.dispute.funds_withdrawn'
  | 'charge.dispute.funds_reinstated';

/** The customer's bank questions a payment, withdraws its money, decides, or returns it. */
@HandlesStripeEvent(
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
)
export class RecordDispute implements StripeEventHandler<DisputeEvent> {
  constructor(private readonly disputes: DisputeSync) {}

  reasonToIgnore(event: StripeEventOf<DisputeEvent>): string | undefined {
    return missingInDispute(event.data.object);
  }

  async apply(event: StripeEventOf<DisputeEvent>, tx: EntityManager): Promise<void> {
    const dispute = event.data.object;
    await this.disputes.add(tx, { dispute, money: MONEY_BY_EVENT[event.type], ...sourceOf(event) });
  }
}

const MONEY_BY_EVENT: Partial<Record<DisputeEvent, DisputeUpdate['money']>> = {
  'charge.dispute.funds_withdrawn': 'withdrawn',
  'charge.dispute.funds_reinstated': 'reinstated',
};

type WarningEvent = 'radar.early_fraud_warning.created' | 'radar.early_fraud_warning.updated';

/** A card's issuer reports a payment as fraud, or such a report is no longer actionable. */
@HandlesStripeEvent('radar.early_fraud_warning.created', 'radar.early_fraud_warning.updated')
export class RecordEarlyFraudWarning implements StripeEventHandler<WarningEvent> {
  constructor(private readonly warnings: EarlyFraudWarningSync) {}

  reasonToIgnore(event: StripeEventOf<WarningEvent>): string | undefined {
    return missingInWarning(event.data.object);
  }

  async apply(event: StripeEventOf<WarningEvent>, tx: EntityManager): Promise<void> {
    await this.warnings.add(tx, event.data.object, sourceOf(event).at);
  }
}
