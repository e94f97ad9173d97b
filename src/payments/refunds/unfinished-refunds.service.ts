import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, type Repository } from 'typeorm';
import { RecurringTask } from '../../time/recurring-task.js';
import { Payment } from '../store/payment.entity.js';
import { PaymentRefund } from '../store/charge.entity.js';
import { type RefundResult, RefundService } from './refund.service.js';
import { Clock } from '../../time/clock.js';

const PERIOD_MS = 30_000;
/** A refund younger than this may still be in progress in a customer's request. */
const MIN_AGE_MS = 30_000;

/** Finishes refunds whose result is not known because the app stopped or Stripe did not answer. Runs at boot and every 30 s. */
@Injectable()
export class UnfinishedRefunds implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Payments');
  private readonly task = new RecurringTask(
    {
      name: 'Unfinished refunds',
      periodMs: PERIOD_MS,
      onError: (error) =>
        this.logger.error(`Could not finish unfinished refunds; trying again later: ${String(error)}`),
    },
    (isFirst) => this.finish(new Date(this.clock.now().getTime() - (isFirst ? 0 : MIN_AGE_MS))),
  );

  constructor(
    @InjectRepository(PaymentRefund) private readonly refunds: Repository<PaymentRefund>,
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
    private readonly service: RefundService,
    private readonly clock: Clock,
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => this.task.start());
  }

  /** Does not wait for a refund in progress: the next boot finishes it. */
  beforeApplicationShutdown(): void {
    this.task.stop();
  }

  /** Finishes every refund that was reserved before `reservedBefore` and has no result. Returns the results. */
  async finish(reservedBefore: Date): Promise<RefundResult[]> {
    const results: RefundResult[] = [];
    const rows = await this.refunds.findBy({ status: 'requested', createdAt: LessThan(reservedBefore) });
    const payments = await this.payments.findBy({ id: In(rows.map(({ paymentId }) => paymentId)) });
    for (const row of rows) {
      if (this.task.isStopped) break;
      const currency = payments.find(({ id }) => id === row.paymentId)?.currency ?? '';
      const result = await this.service.finish(row, currency).catch((error: unknown) => this.logFailure(row, error));
      if (!result) continue;
      this.logger.log(`Unfinished refund ${row.id}: ${result.outcome}`);
      results.push(result);
    }
    return results;
  }

  private logFailure({ id }: PaymentRefund, error: unknown): void {
    if (!this.task.isStopped) this.logger.error(`Could not finish refund ${id}; trying again later: ${String(error)}`);
  }
}
