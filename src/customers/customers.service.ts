import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { normalizeEmail } from '../auth/user.js';
import { Env } from '../config/env.js';
import { lockKeys } from '../database/sql.js';
import { Table } from '../database/table.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { StripeCustomers } from '../stripe/stripe-customers.service.js';
import type { Customer as StripeCustomer } from '../stripe/stripe.types.js';
import { IDEMPOTENCY_KEY_REUSED, StripeRefusedError } from '../stripe/stripe.errors.js';
import { SharedCalls } from '../time/calls.js';
import { CustomerEmails, differsFromUser } from './customer-emails.service.js';
import { Customer } from './customer.entity.js';
import { keyOfOwner, type Owner } from './owner.js';
import { Clock } from '../time/clock.js';

/** Stripe forgets an idempotency key after a day: then a customer that may exist is looked for first. */
const KEY_FORGOTTEN_MS = 23 * 3_600_000;

const customers = new Table(Customer);

/**
 * One Stripe Customer for each owner. The row is inserted first and its id is the idempotency key, so that concurrent requests and
 * repeated ones make one customer. It is never found by e-mail address alone.
 */
@Injectable()
export class Customers {
  private readonly calls = new SharedCalls<string>();

  constructor(
    private readonly env: Env,
    private readonly units: UnitOfWork,
    private readonly stripe: StripeCustomers,
    private readonly clock: Clock,
    private readonly emails: CustomerEmails,
  ) {}

  /**
   * Stripe's id of the owner's customer, which is created where there is none.
   * @param email the user's address in this app; where it has changed, Stripe is given it
   * @throws StripeUnavailableError, StripeRefusedError
   */
  ensure(owner: Owner, email: string): Promise<string> {
    return this.calls.run(keyOfOwner(owner), async () => {
      const row = await this.units.run((tx) => this.findOrInsert(tx, owner, email));
      const id = row.stripeCustomerId ?? (await this.create(row));
      if (differsFromUser(row, email)) await this.emails.change(row.id, email);
      return id;
    });
  }

  /**
   * The user has another address in this app: call it when they log in with it, or change it. Stripe is given it, now or later.
   * Nothing is done for who has bought nothing yet.
   */
  async changeEmail(owner: Owner, email: string): Promise<void> {
    const known = await this.units.run((tx) =>
      customers.find(tx, { ownerType: owner.type, ownerId: owner.id, livemode: this.env.livemode }),
    );
    for (const row of known)
      if (row.stripeCustomerId && !row.deletedAt && differsFromUser(row, email))
        await this.emails.change(row.id, email);
  }

  /**
   * Stripe refused what named this customer: where Stripe has it no more, as after a change of the account, the owner gets another
   * one. Returns whether that is so.
   * @throws StripeUnavailableError, StripeRefusedError
   */
  async replaceIfMissing(stripeCustomerId: string): Promise<boolean> {
    if (await this.stripe.findCustomer(stripeCustomerId)) return false;
    await this.units.run((tx) => this.markDeleted(tx, stripeCustomerId, this.clock.now()));
    return true;
  }

  /** The owner of a Stripe Customer; undefined where it is not one of ours. */
  async ownerOf(tx: EntityManager, stripeCustomerId: string): Promise<Owner | undefined> {
    if (stripeCustomerId === '') return undefined;
    const row = await customers.findOne(tx, { stripeCustomerId });
    return row && { type: row.ownerType, id: row.ownerId };
  }

  /**
   * Stores what a customer's event says, unless a later change was stored. The address stays as it is while Stripe is to be given it.
   * Customers that are not ours are skipped, and so are those that were erased.
   */
  async update(tx: EntityManager, { id, email, name }: StripeCustomer, at: Date): Promise<void> {
    const [row] = await customers.findToChange(tx, { stripeCustomerId: id });
    if (!row || row.erasedAt || (row.changedAt && row.changedAt > at)) return;
    const isGiven = typeof email === 'string' && email !== '' && !row.emailChangedAt;
    const known = isGiven ? normalizeEmail(email) : row.email;
    const changes = { ...row, email: known, name: typeof name === 'string' ? name : null, changedAt: at };
    await customers.updateAll(tx, [changes], 'id', ['email', 'name', 'changedAt']);
  }

  /** The customer was deleted at Stripe: its owner gets another one with the next purchase. */
  async markDeleted(tx: EntityManager, stripeCustomerId: string, at: Date): Promise<void> {
    const [row] = await customers.findToChange(tx, { stripeCustomerId });
    if (row && !row.deletedAt) await customers.update(tx, { id: row.id }, { deletedAt: at });
  }

  /** The answer to the creation of a customer was lost: stores its id, unless another one was stored meanwhile. */
  async setStripeId(tx: EntityManager, id: string, stripeCustomerId: string): Promise<void> {
    const [row] = await customers.findToChange(tx, { id });
    if (row && !row.stripeCustomerId) await customers.update(tx, { id }, { stripeCustomerId });
  }

  private async findOrInsert(tx: EntityManager, owner: Owner, email: string): Promise<Customer> {
    const { livemode } = this.env;
    await lockKeys(tx, [`customer of ${keyOfOwner(owner)}`]);
    const found = await customers.find(tx, { ownerType: owner.type, ownerId: owner.id, livemode });
    const known = found.find(({ deletedAt }) => !deletedAt);
    const now = this.clock.now();
    if (known && (known.stripeCustomerId || known.askedAt)) return known;
    const row = known ?? newRow(owner, normalizeEmail(email), livemode, now);
    const asked = { ...row, askedAt: now };
    if (known) await customers.update(tx, { id: row.id }, { askedAt: now });
    else await customers.insert(tx, asked);
    return asked;
  }

  private async create(row: Customer): Promise<string> {
    const { id } = (await this.findForgotten(row)) ?? (await this.createAtStripe(row));
    await this.units.run((tx) => customers.update(tx, { id: row.id }, { stripeCustomerId: id }));
    return id;
  }

  private async createAtStripe({ id, email }: Customer) {
    const metadata = { app_name: this.env.appName, customer_id: id };
    try {
      return await this.stripe.createCustomer({ email, metadata }, `customer_${id}`);
    } catch (error) {
      // APP_NAME was changed since Stripe was first asked: what that call made is found by its metadata.
      const isReused = error instanceof StripeRefusedError && error.code === IDEMPOTENCY_KEY_REUSED;
      const made = isReused ? await this.findByMetadata(id, email) : undefined;
      if (made) return made;
      throw error;
    }
  }

  /** The customer that an unanswered call made more than a day ago, when its idempotency key is forgotten. */
  private async findForgotten({ id, email, askedAt }: Customer) {
    if (!askedAt || this.clock.now().getTime() - askedAt.getTime() < KEY_FORGOTTEN_MS) return undefined;
    return this.findByMetadata(id, email);
  }

  private async findByMetadata(id: string, email: string) {
    const found = await this.stripe.customersWithEmail(email);
    return found.find(({ metadata }) => metadata.customer_id === id);
  }
}

const newRow = (owner: Owner, email: string, livemode: boolean, now: Date): Customer => ({
  id: randomUUID(),
  ownerType: owner.type,
  ownerId: owner.id,
  livemode,
  email,
  userEmail: owner.type === 'user' ? email : null,
  emailChangedAt: null,
  name: null,
  stripeCustomerId: null,
  askedAt: null,
  changedAt: null,
  deletedAt: null,
  erasedAt: null,
  createdAt: now,
});
