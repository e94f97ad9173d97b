import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Env } from '../config/env.js';
import { lockKeys } from '../database/sql.js';
import { Table } from '../database/table.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { StripeCustomers } from '../stripe/stripe-customers.service.js';
import { Clock } from '../time/clock.js';
import { Customer } from './customer.entity.js';
import { keyOfOwner, type Owner } from './owner.js';

/** A customer whose personal data are to be erased. */
export interface ErasedCustomer {
  /** Our id. */
  id: string;
  owner: Owner;
  /** `cus_…`; `null` where Stripe has not answered yet. */
  stripeCustomerId: string | null;
}

/** What a room that keeps personal data of customers adds to the erasure. Both run in a transaction; no network. */
export interface ErasureListener {
  /** Why the customer cannot be erased now, and what to do; undefined where nothing speaks against it. */
  reasonToKeep?(tx: EntityManager, customer: ErasedCustomer): Promise<string | undefined>;
  /** Blanks the personal data, and keeps what accounting needs. A second call changes nothing. */
  erase(tx: EntityManager, customer: ErasedCustomer): Promise<void>;
}

export type ErasureResult =
  /** `customers`: our ids of all that were erased, now or before. */
  { outcome: 'erased'; customers: string[] } | { outcome: 'kept'; reason: string } | { outcome: 'unknown_customer' };

const customers = new Table(Customer);

/** Erases the personal data of a customer here and at Stripe, for good. Amounts, dates and Stripe's ids stay, for accounting. */
@Injectable()
export class CustomerErasure {
  private readonly listeners: ErasureListener[] = [];

  constructor(
    private readonly env: Env,
    private readonly units: UnitOfWork,
    private readonly stripe: StripeCustomers,
    private readonly clock: Clock,
    @InjectRepository(Customer) private readonly rows: Repository<Customer>,
  ) {}

  /** Adds a room's part. Call it in a constructor. */
  register(listener: ErasureListener): void {
    this.listeners.push(listener);
  }

  /**
   * Erases a customer by our id or Stripe's, or all of an owner by the owner's id. Safe to repeat, such as after a crash.
   * @throws StripeUnavailableError, StripeRefusedError where Stripe has not deleted it: repeat it then
   */
  async erase(id: string): Promise<ErasureResult> {
    const { livemode } = this.env;
    const found = await this.rows.findBy([
      { id, livemode },
      { stripeCustomerId: id, livemode },
      { ownerId: id, livemode },
    ]);
    if (found.length === 0) return { outcome: 'unknown_customer' };
    if (new Set(found.map(({ ownerType }) => ownerType)).size > 1)
      return { outcome: 'kept', reason: `${id} is a user and an organisation: give the id of the customer instead` };
    const reason = await this.units.run((tx) => this.begin(tx, found));
    if (reason !== undefined) return { outcome: 'kept', reason };
    for (const row of found) {
      const stripeId = row.stripeCustomerId ?? (row.erasedAt ? undefined : await this.findAtStripe(row));
      if (stripeId) await this.stripe.deleteCustomer(stripeId);
      await this.units.run((tx) => this.finish(tx, row));
    }
    return { outcome: 'erased', customers: found.map((row) => row.id) };
  }

  /** What a call made at Stripe that was never answered. */
  private async findAtStripe({ id, email }: Customer): Promise<string | undefined> {
    const found = email === '' ? [] : await this.stripe.customersWithEmail(email);
    return found.find(({ metadata }) => metadata.customer_id === id)?.id;
  }

  /** All of them or none. From here on the owner's next purchase makes another customer. */
  private async begin(tx: EntityManager, rows: readonly Customer[]): Promise<string | undefined> {
    await lockAll(tx, rows);
    for (const row of rows)
      for (const listener of this.listeners) {
        const reason = await listener.reasonToKeep?.(tx, erasedCustomer(row));
        if (reason !== undefined) return reason;
      }
    for (const { id, deletedAt } of rows)
      if (!deletedAt) await customers.update(tx, { id }, { deletedAt: this.clock.now() });
    return undefined;
  }

  private async finish(tx: EntityManager, row: Customer): Promise<void> {
    await lockAll(tx, [row]);
    for (const listener of this.listeners) await listener.erase(tx, erasedCustomer(row));
    const erasedAt = row.erasedAt ?? this.clock.now();
    const blank = { email: '', name: null, userEmail: null, emailChangedAt: null };
    await customers.update(tx, { id: row.id }, { ...blank, erasedAt });
  }
}

/** What a purchase of the owner locks, and what the customer's events lock. */
const lockAll = (tx: EntityManager, rows: readonly Customer[]): Promise<void> =>
  lockKeys(
    tx,
    rows.flatMap(({ ownerType, ownerId, stripeCustomerId }) => [
      `customer of ${keyOfOwner({ type: ownerType, id: ownerId })}`,
      ...(stripeCustomerId ? [stripeCustomerId] : []),
    ]),
  );

const erasedCustomer = ({ id, ownerType, ownerId, stripeCustomerId }: Customer): ErasedCustomer => ({
  id,
  owner: { type: ownerType, id: ownerId },
  stripeCustomerId,
});
