import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, MoreThan, type Repository } from 'typeorm';
import { type ReadKind, StripeRead } from '../reads/stripe-read.entity.js';
import { Invoice } from '../store/invoice.entity.js';

/** What Stripe says of an object could not be read or stored, the last time it was tried. */
export interface FailingRead {
  kind: ReadKind;
  /** Stripe's id of the object. */
  id: string;
  /** How often in a row. */
  attempts: number;
  /** Why, such as the error of a handler of the app's own. */
  error: string;
  nextAttemptAt: Date;
}

/** Reads that fail, for operators. */
@Injectable()
export class FailingReads {
  constructor(
    @InjectRepository(StripeRead) private readonly reads: Repository<StripeRead>,
    @InjectRepository(Invoice) private readonly invoices: Repository<Invoice>,
  ) {}

  /** Those of a subscription and its invoices, also where the subscription itself was never stored. */
  async ofSubscription(subscriptionId: string): Promise<FailingRead[]> {
    const ids = (await this.invoices.findBy({ subscriptionId })).map(({ id }) => id);
    const rows = await this.reads.findBy({ id: In([subscriptionId, ...ids]), attempts: MoreThan(0) });
    return rows.map(failingRead);
  }

  /** How many there are in all. */
  count(): Promise<number> {
    return this.reads.countBy({ attempts: MoreThan(0) });
  }
}

const failingRead = ({ kind, id, attempts, lastError, dueAt }: StripeRead): FailingRead => ({
  kind,
  id,
  attempts,
  error: lastError ?? '',
  nextAttemptAt: dueAt,
});
