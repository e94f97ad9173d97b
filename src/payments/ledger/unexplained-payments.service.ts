import { Injectable } from '@nestjs/common';
import { Table } from '../../database/table.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { Payment } from './payment.entity.js';
import { PaymentLedger } from './payment-ledger.service.js';
import { isUnexplained, type PaymentStatus } from './payment-status.js';

/** What became of an operator's wish to accept what was charged. */
export type AcceptResult =
  | { outcome: 'accepted'; amount: number; currency: string; status: PaymentStatus }
  | { outcome: 'nothing_to_accept' }
  | { outcome: 'unknown_payment' };

const payments = new Table(Payment);

/** Payments of which a session of ours charged something else than was asked for. They settle once an operator accepts that. */
@Injectable()
export class UnexplainedPayments {
  constructor(
    private readonly units: UnitOfWork,
    private readonly ledger: PaymentLedger,
  ) {}

  /** Settles the payment at what was charged. A second call changes nothing. */
  accept(id: string, actor: string): Promise<AcceptResult> {
    return this.units.run(async (tx) => {
      const [payment] = await payments.findToChange(tx, { id });
      if (!payment) return { outcome: 'unknown_payment' };
      if (!isUnexplained(payment)) return { outcome: 'nothing_to_accept' };
      const at = new Date();
      await this.ledger.add(tx, [{ payment, facts: { acceptedAt: at }, cause: 'accepted', at, actor }]);
      const [{ amount, currency, status } = payment] = await payments.find(tx, { id });
      return { outcome: 'accepted', amount, currency, status };
    });
  }
}
