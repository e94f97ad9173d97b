import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import type { EarlyFraudWarning } from '../../stripe/stripe.types.js';
import { ChargeFacts } from '../store/charge.entity.js';
import { Payment } from '../store/payment.entity.js';
import { KEPT } from '../state/payment-status.js';
import { formatAmount } from '../state/money.js';
import { EarlyFraudWarningRow } from '../store/dispute.entity.js';
import { idOf, fromUnixSeconds, identifierOf } from '../../stripe/stripe-fields.js';

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

const payments = new Table(Payment);
const charges = new Table(ChargeFacts);

/** Stores what card issuers warn of, and logs a warning for the operator while a refund still helps. */
@Injectable()
export class EarlyFraudWarningSync {
  private readonly logger = new Logger('Payments');

  async add(tx: EntityManager, warning: EarlyFraudWarning, at: Date): Promise<void> {
    if (missingOfWarning(warning)) return;
    await lockKeys(tx, [warning.id]);
    const known = await tx.findOneBy(EarlyFraudWarningRow, { id: warning.id });
    const row = withWarning(known, warning, at);
    await tx.upsert(EarlyFraudWarningRow, row, ['id']);
    if (row.actionable && !known?.actionable) await this.warnOperator(tx, row);
  }

  private async warnOperator(tx: EntityManager, row: EarlyFraudWarningRow): Promise<void> {
    const { id, chargeId, fraudType } = row;
    const charge = !row.paymentIntentId && chargeId ? await charges.findOne(tx, { chargeId }) : undefined;
    const paymentIntentId = row.paymentIntentId ?? charge?.paymentIntentId;
    const payment = paymentIntentId ? await payments.findOne(tx, { paymentIntentId }) : undefined;
    if (!payment) return; // another app's, or not known yet: `EarlyFraudWarnings.list` finds it once it is
    if (!KEPT.includes(payment.status)) return; // refunded or disputed already
    this.logger.warn(
      `The card's issuer reports fraud (${fraudType}, ${id}) on payment ${payment.id} of ` +
        `${formatAmount(payment.amount, payment.currency)}. A refund before it is disputed saves the dispute: ` +
        `npm run cli -- payments refund ${payment.id} --reason fraudulent`,
    );
  }
}
