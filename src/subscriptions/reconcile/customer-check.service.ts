import { Injectable } from '@nestjs/common';
import { normalizeEmail } from '../../auth/user.js';
import { Env } from '../../config/env.js';
import { CustomerReader, type CustomerSummary } from '../../customers/customer-reader.service.js';
import { Customers } from '../../customers/customers.service.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { fieldsOf, secondBefore } from '../../payments/reconcile/check.js';
import { StripeCustomers } from '../../stripe/stripe-customers.service.js';
import type { Customer, DeletedCustomer } from '../../stripe/stripe.types.js';
import { Clock } from '../../time/clock.js';
import { type Differing, NOT_AT_STRIPE, type SnapshotCheck } from './snapshot-check.js';

type AnyCustomer = Customer | DeletedCustomer;

/** Stripe's clock may be this far behind ours, and the row is written before its customer. */
const CLOCK_SKEW_MS = 86_400_000;

/** Compares the customers that have a row, however old, since Stripe has no list of those that changed. */
@Injectable()
export class CustomerCheck implements SnapshotCheck<AnyCustomer> {
  readonly kind = 'customer';
  readonly name = 'customers';

  constructor(
    private readonly env: Env,
    private readonly stripe: StripeCustomers,
    private readonly reader: CustomerReader,
    private readonly customers: Customers,
    private readonly units: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Ours alone: of others nothing says whose they are. */
  async *pages(): AsyncGenerator<AnyCustomer[]> {
    const { since } = await this.reader.kept(this.env.livemode);
    if (!since) return;
    for await (const page of this.stripe.customersSince(new Date(since.getTime() - CLOCK_SKEW_MS))) {
      const rows = await this.rowsOf(page);
      yield page.filter((customer) => rowOf(customer, rows));
    }
  }

  async openIds(): Promise<string[]> {
    return (await this.reader.kept(this.env.livemode)).ids;
  }

  read(id: string): Promise<AnyCustomer | undefined> {
    return this.stripe.findCustomerOrDeleted(id);
  }

  async compare(customer: AnyCustomer): Promise<Differing | 'same' | undefined> {
    const row = rowOf(customer, await this.rowsOf([customer]));
    if (!row) return undefined;
    if (customer.deleted) {
      if (row.deletedAt) return 'same';
      const cause = 'it was deleted at Stripe, and customer.deleted has not come in';
      return { fields: [], missing: 'stripe', cause };
    }
    const { email, emailIsNew, name, stripeCustomerId } = row;
    const should = {
      stripeCustomerId: customer.id,
      email: customer.email && !emailIsNew ? normalizeEmail(customer.email) : email, // or `CustomerEmails` is about to send it
      name: customer.name ?? null,
    };
    const fields = fieldsOf({ stripeCustomerId, email, name }, should);
    if (fields.length === 0) return 'same';
    const cause = stripeCustomerId
      ? 'the customer.updated of its last change has not come in'
      : "Stripe's answer to its creation has not come in";
    return { fields, cause };
  }

  async compareMissing(id: string): Promise<Differing | 'same'> {
    const [row] = await this.reader.withIds([id], []);
    return !row || row.deletedAt ? 'same' : { fields: [], missing: 'stripe', cause: NOT_AT_STRIPE };
  }

  says(customer: AnyCustomer): string {
    return customer.deleted ? 'deleted' : 'exists';
  }

  /** Read again, since the list may be older than the last event of it, which would be undone. */
  async repair({ id }: AnyCustomer): Promise<void> {
    const readAt = secondBefore(this.clock.now());
    const customer = await this.read(id);
    if (!customer || customer.deleted) return this.repairMissing(id);
    await this.units.run(async (tx) => {
      const ownId = ownIdOf(customer);
      if (ownId) await this.customers.setStripeId(tx, ownId, customer.id);
      await this.customers.update(tx, customer, readAt);
    });
  }

  /** Its owner gets another one with the next purchase. */
  async repairMissing(id: string): Promise<void> {
    await this.units.run((tx) => this.customers.markDeleted(tx, id, this.clock.now()));
  }

  private rowsOf(customers: readonly AnyCustomer[]): Promise<CustomerSummary[]> {
    return this.reader.withIds(
      customers.map(({ id }) => id),
      customers.flatMap((customer) => ownIdOf(customer) ?? []),
    );
  }
}

/** The id of our row in a customer's metadata, which only our server writes. */
const ownIdOf = (customer: AnyCustomer): string | undefined =>
  customer.deleted ? undefined : customer.metadata['customer_id'];

/** By Stripe's id; by ours where Stripe's answer was lost. */
const rowOf = (customer: AnyCustomer, rows: readonly CustomerSummary[]): CustomerSummary | undefined =>
  rows.find(({ stripeCustomerId }) => stripeCustomerId === customer.id) ??
  rows.find(({ id, stripeCustomerId }) => stripeCustomerId === null && id === ownIdOf(customer));
