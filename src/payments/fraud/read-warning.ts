import { idOf } from '../../stripe/id-of.js';
import { momentOf } from '../../stripe/moment-of.js';
import type { EarlyFraudWarning } from '../../stripe/stripe.types.js';
import type { EarlyFraudWarningRow } from './early-fraud-warning.entity.js';

/** Why nothing can be learnt from this object; `undefined` where all that must be known is there. */
export function missingOfWarning(warning: Partial<EarlyFraudWarning> | null | undefined): string | undefined {
  if (!warning || !textOf(warning.id)) return 'the early fraud warning has no id';
  if (!paymentIntentOf(warning) && !chargeOf(warning)) return 'the early fraud warning names no payment';
  return undefined;
}

/**
 * The row of a warning once this is told, in any order and however often: what was told last counts, and within a second that
 * it is over. `at` is the event's moment.
 */
export function withWarning(
  known: EarlyFraudWarningRow | null,
  warning: EarlyFraudWarning,
  at: Date,
): EarlyFraudWarningRow {
  const opened = momentOf(warning.created) ?? at;
  const told = {
    paymentIntentId: paymentIntentOf(warning) ?? null,
    chargeId: chargeOf(warning) ?? null,
    fraudType: textOf(warning.fraud_type) ?? 'unknown',
    // Where Stripe does not say, somebody should look.
    actionable: warning.actionable !== false,
    toldAt: at,
  };
  const isLater =
    !known || told.toldAt > known.toldAt || (+told.toldAt === +known.toldAt && rankOf(told) > rankOf(known));
  const { paymentIntentId, chargeId, fraudType, actionable, toldAt } = isLater ? told : known;
  return {
    id: warning.id,
    paymentIntentId: paymentIntentId ?? known?.paymentIntentId ?? told.paymentIntentId,
    chargeId: chargeId ?? known?.chargeId ?? told.chargeId,
    ...{ fraudType, actionable, toldAt },
    createdAt: known && known.createdAt < opened ? known.createdAt : opened,
    learnedAt: known?.learnedAt ?? new Date(),
  };
}

const rankOf = ({ actionable, fraudType }: Pick<EarlyFraudWarningRow, 'actionable' | 'fraudType'>) =>
  `${actionable ? 0 : 1} ${fraudType}`;

const paymentIntentOf = (warning: Partial<EarlyFraudWarning>): string | undefined =>
  textOf(idOf(warning.payment_intent)) ?? textOf(idOf(expandedChargeOf(warning)?.payment_intent));

const chargeOf = (warning: Partial<EarlyFraudWarning>): string | undefined => textOf(idOf(warning.charge));

const expandedChargeOf = ({ charge }: Partial<EarlyFraudWarning>) => (typeof charge === 'object' ? charge : undefined);

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
