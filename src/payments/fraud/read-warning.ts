import { idOf, fromUnixSeconds, identifierOf } from '../../stripe/stripe-fields.js';
import type { EarlyFraudWarning } from '../../stripe/stripe.types.js';
import type { EarlyFraudWarningRow } from './early-fraud-warning.entity.js';

/** Why nothing can be learnt from this object; `undefined` where all that must be known is there. */
export function missingOfWarning(warning: Partial<EarlyFraudWarning> | null | undefined): string | undefined {
  if (!warning || !identifierOf(warning.id)) return 'the early fraud warning has no id';
  if (!paymentIntentOf(warning) && !chargeOf(warning)) return 'the early fraud warning names no payment';
  return undefined;
}

/**
 * The row of a warning with what this object says, in any order and however often: the last report counts, and of two in one
 * second the one that says it is over. `at` is the event's moment.
 */
export function withWarning(
  known: EarlyFraudWarningRow | null,
  warning: EarlyFraudWarning,
  at: Date,
): EarlyFraudWarningRow {
  const opened = fromUnixSeconds(warning.created) ?? at;
  const reported = {
    paymentIntentId: paymentIntentOf(warning) ?? null,
    chargeId: chargeOf(warning) ?? null,
    fraudType: identifierOf(warning.fraud_type) ?? 'unknown',
    // Where Stripe does not say, somebody should look.
    actionable: warning.actionable !== false,
    reportedAt: at,
  };
  const isLater =
    !known ||
    reported.reportedAt > known.reportedAt ||
    (+reported.reportedAt === +known.reportedAt && rankOf(reported) > rankOf(known));
  const { paymentIntentId, chargeId, fraudType, actionable, reportedAt } = isLater ? reported : known;
  return {
    id: warning.id,
    paymentIntentId: paymentIntentId ?? known?.paymentIntentId ?? reported.paymentIntentId,
    chargeId: chargeId ?? known?.chargeId ?? reported.chargeId,
    fraudType,
    actionable,
    reportedAt,
    createdAt: known && known.createdAt < opened ? known.createdAt : opened,
    learnedAt: known?.learnedAt ?? new Date(),
  };
}

const rankOf = ({ actionable, fraudType }: Pick<EarlyFraudWarningRow, 'actionable' | 'fraudType'>) =>
  `${Number(!actionable)} ${fraudType}`;

const paymentIntentOf = (warning: Partial<EarlyFraudWarning>): string | undefined =>
  identifierOf(idOf(warning.payment_intent)) ?? identifierOf(idOf(expandedChargeOf(warning)?.payment_intent));

const chargeOf = (warning: Partial<EarlyFraudWarning>): string | undefined => identifierOf(idOf(warning.charge));

const expandedChargeOf = ({ charge }: Partial<EarlyFraudWarning>) => (typeof charge === 'object' ? charge : undefined);
