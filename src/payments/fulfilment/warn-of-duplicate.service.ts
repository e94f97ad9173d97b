import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Table } from '../../database/table.js';
import type { PaymentStatus } from '../state/payment-facts.js';
import { Payment } from '../store/payment.entity.js';
import { OnPayment, type PaymentHandler, type PaymentSettled } from './on-payment.js';

const payments = new Table(Payment);

/** Statuses of a payment that has ended here, so that the user may have begun another one. */
const ENDED: readonly PaymentStatus[] = ['expired', 'failed'];
/** Statuses of a payment that is paid, or may still be. */
const PAYABLE: readonly PaymentStatus[] = ['pending', 'processing', 'paid', 'partially_refunded'];

/**
 * Warns when a purchase may be paid twice. A user has one open payment of a price at a time, so that can only happen where a payment
 * was paid after it had ended here. Other payments are not checked, which keeps events cheap.
 */
@Injectable()
@OnPayment('settled')
export class WarnOfDuplicate implements PaymentHandler<'settled'> {
  private readonly logger = new Logger('Payments');

  async apply({ payment: { id, userId, priceKey }, from }: PaymentSettled, tx: EntityManager): Promise<void> {
    if (!ENDED.includes(from)) return;
    const all = await payments.find(tx, { userId, priceKey });
    const begun = all.find((payment) => payment.id === id)?.createdAt;
    const since = all.filter((other) => other.id !== id && begun && other.createdAt >= begun);
    const others = since
      .filter(({ status }) => PAYABLE.includes(status))
      .map((other) => `${other.id} (${other.status})`);
    if (others.length === 0) return;
    this.logger.warn(
      `Payment ${id} was paid after its checkout had ended here (${from}), and the same user has begun another one of ` +
        `${priceKey} since: ${others.join(', ')}. If both are paid and one was meant, refund one: ` +
        `npm run cli -- payments refund ${id} --reason duplicate`,
    );
  }
}
