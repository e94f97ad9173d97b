import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, LessThan, type Repository } from 'typeorm';
import { Env } from '../../config/env.js';
import { Table } from '../../database/table.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { StripeService } from '../../stripe/stripe.service.js';
import { RecurringTask } from '../../time/recurring-task.js';
import { paymentIdOf } from '../store/payment-owner.js';
import { PaymentStore } from '../store/payment-store.service.js';
import { Payment } from '../store/payment.entity.js';
import { CheckoutSync } from './checkout-sync.service.js';
import { Clock } from '../../time/clock.js';

const PERIOD_MS = 20_000;
/** A request that creates a session, here or in another instance, is answered within this time: younger payments are skipped. */
const MIN_AGE_MS = 20_000;
/** Stripe's clock may be this far behind ours. */
const CLOCK_SKEW_MS = 60_000;

const rows = new Table(Payment);

/**
 * Finishes payments whose Checkout Session is not known because the app stopped or Stripe did not answer. A session that exists at
 * Stripe is stored; a payment that has none expires. Runs at boot and every 20 s.
 */
@Injectable()
export class UnfinishedCheckouts implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Payments');
  private readonly task = new RecurringTask(
    {
      name: 'Unfinished checkouts',
      periodMs: PERIOD_MS,
      onError: (error) =>
        this.logger.warn(`Could not finish unfinished checkouts; trying again later: ${String(error)}`),
    },
    () => this.finish(new Date(this.clock.now().getTime() - MIN_AGE_MS)),
  );

  constructor(
    private readonly env: Env,
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
    private readonly stripe: StripeService,
    private readonly units: UnitOfWork,
    private readonly checkouts: CheckoutSync,
    private readonly store: PaymentStore,
    private readonly clock: Clock,
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => this.task.start());
  }

  beforeApplicationShutdown(): void {
    this.task.stop();
  }

  /** Finishes the payments whose session was last requested before `askedBefore`. Returns how many there were. */
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
    const since = new Date(oldest.createdAt.getTime() - CLOCK_SKEW_MS);
    for await (const sessions of this.stripe.checkoutSessionsSince(since))
      for (const session of sessions) {
        if (!unknown.delete(paymentIdOf(session, this.env) ?? '')) continue;
        await this.units.run((tx) =>
          this.checkouts.add(tx, [{ session, at: this.clock.now(), cause: 'found at Stripe' }]),
        );
      }
    for (const { id } of unknown.values()) await this.units.run((tx) => this.expire(tx, id, askedBefore));
    this.logger.log(`${left.length} checkouts were unfinished; ${unknown.size} of them did not exist at Stripe`);
    return left.length;
  }

  /** Does nothing where a customer has requested the session again since (`CheckoutPayments.findOrOpen`). */
  private async expire(tx: EntityManager, id: string, askedBefore: Date): Promise<void> {
    const [payment] = await rows.findToChange(tx, { id });
    const at = this.clock.now();
    if (payment && !payment.checkoutSessionId && (payment.sessionAskedAt ?? payment.createdAt) < askedBefore)
      await this.store.add(tx, [{ payment, facts: { expiredAt: at }, cause: 'never opened', at }]);
  }
}
