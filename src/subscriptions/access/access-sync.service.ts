import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Owner } from '../../customers/owner.js';
import { Table } from '../../database/table.js';
import type { FactSource } from '../../payments/state/payment-facts.js';
import { Clock } from '../../time/clock.js';
import { type Access, type BilledInvoice, deriveAccess, lapsesAt } from '../state/derive-access.js';
import { DEFAULT_PLAN_SETTINGS, type Plan, PLANS } from '../state/plan.js';
import type { WholeSubscription } from '../store/subscription-row.js';
import { SubscriptionStore } from '../store/subscription-store.service.js';
import { Subscription, SubscriptionItem } from '../store/subscription.entity.js';
import { EntitlementSync, type Grant } from './entitlement-sync.service.js';
import { readReason, storedReason } from './reason.js';

const subscriptions = new Table(Subscription);
const items = new Table(SubscriptionItem);

/** The newest invoices that access can depend on: more than any course of failing payments has. */
const NEWEST_INVOICES = `
  SELECT invoices.created_at, invoices.paid_at, invoices.first_failed_at, invoices.status, payments.status AS payment
  FROM invoices LEFT JOIN payments ON payments.id = invoices.payment_id
  WHERE invoices.subscription_id = $1 ORDER BY invoices.created_at DESC LIMIT 24`;

/**
 * Derives access again whenever a subscription changed: in the same transaction, so that what customers may do and what is known of
 * their subscription are never apart.
 */
@Injectable()
export class AccessSync {
  /** Of the plans that it derives with. */
  readonly fingerprint: string;

  constructor(
    store: SubscriptionStore,
    private readonly entitlements: EntitlementSync,
    private readonly clock: Clock,
    @Inject(PLANS) private readonly plans: readonly Plan[],
  ) {
    this.fingerprint = fingerprintOf(plans);
    store.onChange((tx, { after, cause, at }) => this.refresh(tx, after, { cause, at }));
  }

  /**
   * Derives and stores the access of a subscription that is locked, and what its owner may do. Access that ended by the time alone
   * since Stripe was last read is left to `AccessTimer`, which reads it first.
   * @param byTime Stripe was asked what it knows of the end, or is away for long; defaults to false
   */
  async refresh(
    tx: EntityManager,
    subscription: WholeSubscription,
    source: FactSource,
    { byTime = false } = {},
  ): Promise<void> {
    const access = await this.derive(tx, subscription);
    if (!byTime && !access.granted && isEndUnread(subscription, this.clock.now())) return;
    const { granted, until, reason, changesAt } = access;
    const derived = { access: granted, accessUntil: until, accessReason: storedReason(reason), changesAt };
    const stored = { ...derived, derivedBy: this.fingerprint };
    if (differs(subscription, stored)) await subscriptions.update(tx, { id: subscription.id }, stored);
    Object.assign(subscription, stored); // for whoever is called after this
    const { ownerType: type, ownerId: id } = subscription;
    if (type && id !== null) await this.refreshOwner(tx, { type, id }, access, source);
  }

  private async derive(tx: EntityManager, subscription: WholeSubscription): Promise<Access> {
    const { id, access: granted, accessUntil: until, accessReason } = subscription;
    const reason = readReason(accessReason);
    const settings = this.planOf(subscription.items)?.settings ?? DEFAULT_PLAN_SETTINGS;
    const before = reason && { granted, until, reason };
    return deriveAccess(subscription, { invoices: await invoicesOf(tx, id), settings, before }, this.clock.now());
  }

  private async refreshOwner(
    tx: EntityManager,
    owner: Owner,
    access: Access,
    { cause, at }: FactSource,
  ): Promise<void> {
    await this.entitlements.lock(tx, owner);
    const giving = await subscriptions.find(tx, { ownerType: owner.type, ownerId: owner.id, access: true });
    const grants = new Map<string, Grant>();
    for (const row of giving) {
      const { id, accessUntil: until } = row;
      const untilAt = lapsesAt({ until, reason: readReason(row.accessReason) ?? access.reason }, row);
      const grant = { subscriptionId: id, untilAt, reason: row.accessReason ?? '' };
      for (const feature of this.featuresOf(await items.find(tx, { subscriptionId: id })))
        if (isLonger(grant, grants.get(feature))) grants.set(feature, grant);
    }
    const loss = access.granted
      ? { reason: 'not_in_plan', at }
      : { reason: storedReason(access.reason), at: access.until ?? at };
    await this.entitlements.set(tx, owner, grants, { loss, cause, at });
  }

  private featuresOf(ofSubscription: readonly SubscriptionItem[]): ReadonlySet<string> {
    const keys = ofSubscription.map(({ planKey }) => planKey);
    return new Set(this.plans.filter(({ lookupKey }) => keys.includes(lookupKey)).flatMap(({ features }) => features));
  }

  private planOf(ofSubscription: readonly SubscriptionItem[]): Plan | undefined {
    return this.plans.find(({ lookupKey }) => ofSubscription.some(({ planKey }) => planKey === lookupKey));
  }
}

/**
 * Whether access ends by the time, and what Stripe knows of that end may not be known here: after the app was down for days, an old
 * event is handled before the payment that followed it is read.
 */
const isEndUnread = ({ access, changesAt, endedAt, provisional, snapshotAt }: WholeSubscription, now: Date): boolean =>
  access && changesAt !== null && changesAt <= now && !endedAt && (provisional || snapshotAt < changesAt);

/** One text for all that access takes from the catalog. */
const fingerprintOf = (plans: readonly Plan[]): string =>
  createHash('sha256')
    .update(JSON.stringify(plans.map(({ lookupKey, features, settings }) => [lookupKey, features, settings])))
    .digest('hex')
    .slice(0, 16);

type StoredAccess = Pick<Subscription, 'access' | 'accessUntil' | 'accessReason' | 'changesAt' | 'derivedBy'>;

const differs = (
  row: StoredAccess,
  { access, accessUntil, accessReason, changesAt, derivedBy }: StoredAccess,
): boolean =>
  row.access !== access ||
  row.derivedBy !== derivedBy ||
  row.accessReason !== accessReason ||
  Number(row.accessUntil) !== Number(accessUntil) ||
  Number(row.changesAt) !== Number(changesAt);

/** Of two subscriptions that give a feature, the one that gives it longer counts. */
const isLonger = ({ untilAt }: Grant, other: Grant | undefined): boolean =>
  !other || (other.untilAt !== null && (untilAt === null || untilAt > other.untilAt));

interface InvoiceColumns {
  created_at: string | number;
  paid_at: string | number | null;
  first_failed_at: string | number | null;
  status: BilledInvoice['status'];
  payment: string | null;
}

async function invoicesOf(tx: EntityManager, subscriptionId: string): Promise<BilledInvoice[]> {
  const rows: InvoiceColumns[] = await tx.query(NEWEST_INVOICES, [subscriptionId]);
  return rows.map(({ created_at: createdAt, paid_at: paidAt, first_failed_at: firstFailedAt, status, payment }) => ({
    createdAt: new Date(Number(createdAt)),
    paidAt: timeOf(paidAt),
    firstFailedAt: timeOf(firstFailedAt),
    status,
    reversed: payment === 'refunded' || payment === 'disputed' ? payment : null,
  }));
}

const timeOf = (value: string | number | null): Date | null => (value === null ? null : new Date(Number(value)));
