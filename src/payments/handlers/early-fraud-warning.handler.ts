import type { EntityManager } from 'typeorm';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../webhook/index.js';
import { EarlyFraudWarningSync } from '../fraud/early-fraud-warning-sync.service.js';
import { missingOfWarning } from '../fraud/read-warning.js';

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
