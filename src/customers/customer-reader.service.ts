import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, IsNull, type Repository } from 'typeorm';
import { inChunks } from '../database/sql.js';
import { Table } from '../database/table.js';
import { Customer } from './customer.entity.js';
import type { Owner } from './owner.js';

/** A customer as commands show it. */
export interface CustomerSummary {
  /** Our id. */
  id: string;
  owner: Owner;
  /** `cus_…`; `null` until Stripe has answered. */
  stripeCustomerId: string | null;
  email: string;
  /** Whether Stripe does not have that address yet. */
  emailIsNew: boolean;
  name: string | null;
  livemode: boolean;
  createdAt: Date;
  deletedAt: Date | null;
}

const table = new Table(Customer);

/** Reads customers. Writes nothing. */
@Injectable()
export class CustomerReader {
  constructor(@InjectRepository(Customer) private readonly customers: Repository<Customer>) {}

  /** Newest first. `total` counts all, whatever the limit. */
  async list({ limit }: { limit?: number | undefined }): Promise<{ customers: CustomerSummary[]; total: number }> {
    const [rows, total] = await this.customers.findAndCount({
      order: { createdAt: 'DESC', id: 'DESC' },
      ...(limit !== undefined && { take: limit }),
    });
    return { customers: rows.map(summaryOf), total };
  }

  /** By our id, Stripe's id or the owner's id. */
  async details(id: string): Promise<CustomerSummary | undefined> {
    const row = await this.customers.findOne({
      where: [{ id }, { stripeCustomerId: id }, { ownerId: id }],
      order: { createdAt: 'DESC' },
    });
    return row ? summaryOf(row) : undefined;
  }

  /** Stripe's id of the owner's customer; undefined where there is none yet. */
  async stripeIdOf({ type: ownerType, id: ownerId }: Owner, livemode: boolean): Promise<string | undefined> {
    const rows = await this.customers.findBy({ ownerType, ownerId, livemode });
    return rows.find(({ deletedAt }) => !deletedAt)?.stripeCustomerId ?? undefined;
  }

  /** The customers with these ids of Stripe's, or of ours where Stripe's is not known. Those that were erased are left out. */
  async withIds(stripeCustomerIds: readonly string[], ids: readonly string[]): Promise<CustomerSummary[]> {
    const ofStripe = await inChunks(stripeCustomerIds, (some) => this.customers.findBy({ stripeCustomerId: In(some) }));
    const ours = await inChunks(ids, (some) => this.customers.findBy({ id: In(some), stripeCustomerId: IsNull() }));
    return [...ofStripe, ...ours].filter(({ erasedAt }) => !erasedAt).map(summaryOf);
  }

  /** Stripe's ids of the customers that were not deleted, and when the first of them was created. */
  async kept(livemode: boolean): Promise<{ ids: string[]; since: Date | undefined }> {
    const where = { livemode, deletedAt: IsNull() };
    const rows = await this.customers.find({
      select: ['stripeCustomerId', 'createdAt'],
      where,
      order: { createdAt: 'ASC' },
    });
    return { ids: rows.flatMap(({ stripeCustomerId }) => stripeCustomerId ?? []), since: rows[0]?.createdAt };
  }

  /** The address of a Stripe Customer, inside a transaction. */
  async emailOf(tx: EntityManager, stripeCustomerId: string): Promise<string | undefined> {
    if (stripeCustomerId === '') return undefined;
    return (await table.findOne(tx, { stripeCustomerId }))?.email;
  }

  /** The addresses of Stripe Customers, by their ids. */
  async emailsOf(stripeCustomerIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await inChunks(stripeCustomerIds, (ids) => this.customers.findBy({ stripeCustomerId: In(ids) }));
    return new Map(rows.map(({ stripeCustomerId, email }) => [stripeCustomerId ?? '', email]));
  }
}

const summaryOf = ({ ownerType, ownerId, ...row }: Customer): CustomerSummary => ({
  id: row.id,
  owner: { type: ownerType, id: ownerId },
  stripeCustomerId: row.stripeCustomerId,
  email: row.email,
  emailIsNew: row.emailChangedAt !== null,
  name: row.name,
  livemode: row.livemode,
  createdAt: row.createdAt,
  deletedAt: row.deletedAt,
});
