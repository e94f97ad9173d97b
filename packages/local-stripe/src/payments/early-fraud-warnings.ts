import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { Tx } from '../state/store.js';
import type { Charge, EarlyFraudWarning } from '../model/wire.js';

export const FRAUD_TYPES = [
  'card_never_received',
  'fraudulent_card_application',
  'made_with_counterfeit_card',
  'made_with_lost_card',
  'made_with_stolen_card',
  'misc',
  'unauthorized_use_of_card',
] as const;

export type FraudType = (typeof FRAUD_TYPES)[number];

/** Creates an early fraud warning, which is actionable until the charge is refunded or disputed. */
export async function raiseWarning(tx: Tx, charge: Charge, fraudType: FraudType): Promise<EarlyFraudWarning> {
  const warning: EarlyFraudWarning = {
    id: newId('earlyFraudWarning'),
    object: 'radar.early_fraud_warning',
    actionable: !charge.disputed && !charge.refunded,
    charge: charge.id,
    created: unixNow(),
    fraud_type: fraudType,
    livemode: false,
    ...(charge.payment_intent !== null && { payment_intent: charge.payment_intent }),
  };
  await tx.objects.insert(warning);
  await tx.events.record('radar.early_fraud_warning.created', warning);
  return warning;
}

/** Sets the warnings of a charge that was disputed or fully refunded to not actionable. */
export async function closeWarnings(tx: Tx, charge: string): Promise<void> {
  for (const before of await tx.objects.list('radar.early_fraud_warning', { limit: 100, where: { charge } })) {
    if (!before.actionable) continue;
    const closed: EarlyFraudWarning = { ...before, actionable: false };
    await tx.objects.save(closed);
    await tx.events.record('radar.early_fraud_warning.updated', closed, before);
  }
}
