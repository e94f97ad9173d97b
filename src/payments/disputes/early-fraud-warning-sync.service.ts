import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { fromUnixSeconds, identifierOf, idOf, missingField } from '../../stripe/stripe-fields.js';
import type { EarlyFraudWarning } from '../../stripe/stripe.types.js';
import { formatAmount } from '../state/money.js';
import { KEPT_STATUSES } from '../state/payment-facts.js';
import { ChargeFacts } from '../store/charge.entity.js';
import { EarlyFraudWarningRow } from '../store/dispute.entity.js';
import { Payment } from '../store/payment.entity.js';
import { Clock } from '../../time/clock.js';

/** Why no facts can be taken from an early fraud warning; `undefined` where they can. It must name a Payment Intent or a charge. */
export const missingInWarning = (warning: EarlyFraudWarning): string | undefined =>
  missingField('early fraud warning', warning, { id: 'word' }) ??
  (paymentIntentOf(warning) || chargeOf(warning) ? undefined : 'the early fraud warning has no readable payment');

/**
 * The row of a warning after a report. The order and the number of reports do not change the result: the latest counts and, of two
 * within one second, the one that is no longer actionable. `at` is the time of the event, by Stripe's clock; `learnedAt` is now.
 */
export function withWarning(
  known: EarlyFraudWarningRow | null,
  warning: EarlyFraudWarning,
  { at, learnedAt }: { at: Date; learnedAt: Date },
): EarlyFraudWarningRow {
  const opened = fromUnixSeconds(warning.created) ?? at;
  const reported = {
    paymentIntentId: paymentIntentOf(warning) ?? null,
    chargeId: chargeOf(warning) ?? null,
    fraudType: identifierOf(warning.fraud_type) ?? 'unknown',
    // Where Stripe does not say, an operator should look.
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
    learnedAt: known?.learnedAt ?? learnedAt,
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

/** Stores the early fraud warnings of card issuers, and logs each for the operator while a refund still helps. */
@Injectable()
export class EarlyFraudWarningSync {
  private readonly logger = new Logger('Payments');

  constructor(private readonly clock: Clock) {}

  /** `at`: the time of the event, by Stripe's clock. */
  async add(tx: EntityManager, warning: EarlyFraudWarning, at: Date): Promise<void> {
    await lockKeys(tx, [warning.id]);
    const known = await tx.findOneBy(EarlyFraudWarningRow, { id: warning.id });
    const row = withWarning(known, warning, { at, learnedAt: this.clock.now() });
    await tx.upsert(EarlyFraudWarningRow, row, ['id']);
    if (row.actionable && !known?.actionable) await this.warnOperator(tx, row);
  }

  private async warnOperator(tx: EntityManager, row: EarlyFraudWarningRow): Promise<void> {
    const { id, chargeId, fraudType } = row;
    const charge = !row.paymentIntentId && chargeId ? await charges.findOne(tx, { chargeId }) : undefined;
    const paymentIntentId = row.paymentIntentId ?? charge?.paymentIntentId;
    const payment = paymentIntentId ? await payments.findOne(tx, { paymentIntentId }) : undefined;
    if (!payment) return; // another app's, or not known yet: `EarlyFraudWarnings.list` finds it later
    if (!KEPT_STATUSES.includes(payment.status)) return; // refunded or disputed already
    this.logger.warn(
      `The card's issuer reports fraud (${fraudType}, ${id}) on payment ${payment.id} of ` +
        `${formatAmount(payment.amount, payment.currency)}. A refund before it is disputed saves the dispute: ` +
        `npm run cli -- payments refund ${payment.id} --reason fraudulent`,
    );
  }
}
