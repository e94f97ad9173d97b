import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import type { EarlyFraudWarning } from '../../stripe/stripe.types.js';
import { ChargeFacts } from '../charges/charge.entity.js';
import { Payment } from '../ledger/payment.entity.js';
import { KEPT } from '../ledger/payment-status.js';
import { formatAmount } from '../money.js';
import { EarlyFraudWarningRow } from './early-fraud-warning.entity.js';
import { missingOfWarning, withWarning } from './read-warning.js';

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
