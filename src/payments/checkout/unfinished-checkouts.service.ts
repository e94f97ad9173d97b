import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, LessThan, type Repository } from 'typeorm';
import { Env } from '../../config/env.js';
import { Table } from '../../database/table.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { StripeService } from '../../stripe/stripe.service.js';
import { RecurringTask } from '../../time/recurring-task.js';
import { Payment } from '../store/payment.entity.js';
import { PaymentStore } from '../store/payment-store.service.js';
import { CheckoutSync } from './checkout-sync.service.js';
import { paymentIdOf } from '../store/session-owner.js';

const LOOK_EVERY_MS = 20_000;
/** The request that asked for the session last, here or in another instance, is answered within that. */
const LEAVE_ALONE_MS = 20_000;
/** Stripe's clock may be behind ours. */
const CLOCKS_DIFFER_MS = 60_000;

const rows = new Table(Payment);

/**
 * Finishes payments whose Checkout Session is not known: the app died, or Stripe did not answer. Where there is one at Stripe,
 * it is noted; where there is none, nobody can pay it any more. At boot, and now and then.
 */
@Injectable()
export class UnfinishedCheckouts implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Payments');
  private readonly task = new RecurringTask(
    {
      name: 'Unfinished checkouts',
      periodMs: LOOK_EVERY_MS,
      onError: (error) => this.logger.warn(`Unfinished checkouts are looked for again: ${String(error)}`),
    },
    () => this.finish(new Date(Date.now() - LEAVE_ALONE_MS)),
  );

  constructor(
    private readonly env: Env,
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
    private readonly stripe: StripeService,
    private readonly units: UnitOfWork,
    private readonly checkouts: CheckoutSync,
    private readonly ledger: PaymentStore,
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => this.task.start());
  }

  beforeApplicationShutdown(): void {
    this.task.stop();
  }

  /** Gives how many there were whose session was last asked for before then. */
  async finish(askedBefore: Date): Promise<number> {
    const unfinished = { checkoutSessionId: IsNull(), status: 'pending' } as const;
    const left = await this.payments.find({
      where: [
        { ...unfinished, sessionAskedAt: LessThan(askedBefore) },
        { ...unfinished, sessionAskedAt: IsNull(), createdAt: LessThan(askedBefore) },
      ],
      order: { createdAt: 'ASC' },
    });
    const [oldest] = left;
    if (!oldest) return 0;
    const unknown = new Map(left.map((payment) => [payment.id, payment]));
    const since = new Date(oldest.createdAt.getTime() - CLOCKS_DIFFER_MS);
    for await (const sessions of this.stripe.checkoutSessionsSince(since))
      for (const session of sessions) {
        if (!unknown.delete(paymentIdOf(session, this.env) ?? '')) continue;
        await this.units.run((tx) => this.checkouts.add(tx, [{ session, at: new Date(), cause: 'found at Stripe' }]));
      }
    for (const { id } of unknown.values()) await this.units.run((tx) => this.expire(tx, id, askedBefore));
    this.logger.log(`${left.length} checkouts were left unfinished, ${unknown.size} of them never opened at Stripe`);
    return left.length;
  }

  /** Unless a customer's click has asked for its session since: see CheckoutPayments.findOrOpen. */
  private async expire(tx: EntityManager, id: string, askedBefore: Date): Promise<void> {
    const [payment] = await rows.findToChange(tx, { id });
    const at = new Date();
    if (payment && !payment.checkoutSessionId && (payment.sessionAskedAt ?? payment.createdAt) < askedBefore)
      await this.ledger.add(tx, [{ payment, facts: { expiredAt: at }, cause: 'never opened', at }]);
  }
}
