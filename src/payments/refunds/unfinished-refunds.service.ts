import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, type Repository } from 'typeorm';
import { RecurringTask } from '../../time/recurring-task.js';
import { Payment } from '../store/payment.entity.js';
import { PaymentRefund } from '../store/refund.entity.js';
import { type RefundResult, RefundService } from './refund.service.js';

const LOOK_EVERY_MS = 30_000;
/** A refund younger than this may still be under way in a customer's request. */
const LEAVE_ALONE_MS = 30_000;

/** Finishes refunds whose result is not known: the app died, or Stripe did not answer. At boot, and now and then. */
@Injectable()
export class UnfinishedRefunds implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Payments');
  private readonly task = new RecurringTask(
    {
      name: 'Unfinished refunds',
      periodMs: LOOK_EVERY_MS,
      onError: (error) => this.logger.error(`Unfinished refunds could not be finished: ${String(error)}`),
    },
    (isFirst) => this.finish(new Date(Date.now() - (isFirst ? 0 : LEAVE_ALONE_MS))),
  );

  constructor(
    @InjectRepository(PaymentRefund) private readonly refunds: Repository<PaymentRefund>,
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
    private readonly service: RefundService,
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => this.task.start());
  }

  /** What is under way is not waited for: the next boot finishes it all the same. */
  beforeApplicationShutdown(): void {
    this.task.stop();
  }

  /** Finishes every refund that was written down before then and has no result. */
  async finish(writtenBefore: Date): Promise<RefundResult[]> {
    const results: RefundResult[] = [];
    const rows = await this.refunds.findBy({ status: 'requested', createdAt: LessThan(writtenBefore) });
    const payments = await this.payments.findBy({ id: In(rows.map(({ paymentId }) => paymentId)) });
    for (const row of rows) {
      if (this.task.isStopped) break;
      const currency = payments.find(({ id }) => id === row.paymentId)?.currency ?? '';
      const result = await this.service.finish(row, currency).catch((error: unknown) => this.tell(row, error));
      if (!result) continue;
      this.logger.log(`Refund ${row.id}, left unfinished: ${result.outcome}`);
      results.push(result);
    }
    return results;
  }

  private tell({ id }: PaymentRefund, error: unknown): void {
    if (!this.task.isStopped)
      this.logger.error(`Refund ${id} could not be finished, and is tried again: ${String(error)}`);
  }
}
