import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Not, type Repository } from 'typeorm';
import { normalizeEmail } from '../auth/user.js';
import { Table } from '../database/table.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { StripeCustomers } from '../stripe/stripe-customers.service.js';
import { StripeRefusedError } from '../stripe/stripe.errors.js';
import { Clock } from '../time/clock.js';
import { RecurringTask } from '../time/recurring-task.js';
import { Customer } from './customer.entity.js';

const PERIOD_MS = 20_000;

const customers = new Table(Customer);

/**
 * Gives Stripe the address that a user has changed in this app: the row first, then the call, which is repeated until it is answered.
 * What is changed at Stripe, as in the portal, stays as long as the user's own address does not change: the later change wins.
 */
@Injectable()
export class CustomerEmails implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Customers');
  private readonly task = new RecurringTask({ name: 'Addresses of customers', periodMs: PERIOD_MS }, () =>
    this.sendAll(),
  );

  constructor(
    private readonly units: UnitOfWork,
    private readonly stripe: StripeCustomers,
    private readonly clock: Clock,
    @InjectRepository(Customer) private readonly rows: Repository<Customer>,
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => this.task.start());
  }

  beforeApplicationShutdown(): void {
    this.task.stop();
  }

  /** Stores the user's address, and gives it to Stripe where it has changed. Where Stripe does not answer, that is done later. */
  async change(id: string, email: string): Promise<void> {
    const userEmail = normalizeEmail(email);
    const isNew = await this.units.run(async (tx) => {
      const [row] = await customers.findToChange(tx, { id });
      if (!row || !differsFromUser(row, userEmail)) return false;
      const at = this.clock.now();
      const isNews = row.userEmail !== null && row.email !== userEmail;
      const changes = isNews ? { email: userEmail, changedAt: at, emailChangedAt: at } : {};
      await customers.update(tx, { id }, { userEmail, ...changes });
      return isNews;
    });
    if (isNew) await this.send(id);
  }

  /** Gives Stripe every address that it does not have yet. */
  async sendAll(): Promise<void> {
    for (const { id } of await this.rows.findBy({ emailChangedAt: Not(IsNull()) }))
      if (!this.task.isStopped) await this.send(id);
  }

  /** A failure is logged: the next period repeats the call. */
  private async send(id: string): Promise<void> {
    const row = await this.rows.findOneBy({ id });
    const { emailChangedAt, stripeCustomerId, email } = row ?? {};
    if (!emailChangedAt || !stripeCustomerId || !email) return;
    const key = `customer_email_${id}_${emailChangedAt.getTime()}`;
    try {
      await this.stripe.updateEmail(stripeCustomerId, email, key);
    } catch (error) {
      this.logger.warn(`Stripe does not have the new address of ${stripeCustomerId} yet. ${String(error)}`);
      if (!(error instanceof StripeRefusedError)) return;
    }
    await this.units.run(async (tx) => {
      const [now] = await customers.findToChange(tx, { id });
      if (Number(now?.emailChangedAt) === emailChangedAt.getTime())
        await customers.update(tx, { id }, { emailChangedAt: null });
      else if (now && now.email !== email && !now.erasedAt)
        await customers.update(tx, { id }, { emailChangedAt: this.clock.now() }); // which call came last at Stripe is not known
    });
  }
}

/** Whether the address of a user is another one than this app knew. Organisations have no address of their own. */
export const differsFromUser = (row: Pick<Customer, 'ownerType' | 'userEmail'>, email: string): boolean =>
  row.ownerType === 'user' && normalizeEmail(email) !== '' && row.userEmail !== normalizeEmail(email);
