import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { normalizeEmail, type User } from '../../auth/user.js';
import { keyOfOwner, type Owner } from '../../customers/owner.js';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { OtherCheckouts } from '../../payments/checkout/other-checkouts.js';
import { earliest } from '../../payments/store/payment-store.service.js';
import type { FactSource } from '../../payments/state/payment-facts.js';
import { identifierOf, idOf } from '../../stripe/stripe-fields.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { Clock } from '../../time/clock.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import { isLiveStatus, trialDaysFor } from '../state/derive-plan.js';
import type { Plan } from '../state/plan.js';
import { SubscriptionCheckout } from '../store/subscription-checkout.entity.js';
import { Subscription } from '../store/subscription.entity.js';
import { groupKey } from '../sync/duplicates.service.js';

/** A plan that an owner wants. */
export interface WantedPlan {
  user: User;
  owner: Owner;
  plan: Plan;
  /** The id of the price at Stripe. */
  priceId: string;
  /** `cus_…` */
  stripeCustomerId: string;
  /** Seats. */
  quantity: number;
}

export type OpenedCheckout =
  /**
   * `isNew`: inserted by this call; `isOnly`: the owner has no other open checkout of the group, nor one that offers the trial, too;
   * `trialDays`: what the owner gets now, as another plan may have taken the trial since the checkout was opened.
   */
  | { outcome: 'open'; checkout: SubscriptionCheckout; isNew: boolean; isOnly: boolean; trialDays: number }
  /** The owner has a live subscription of the group: nothing is to be sold a second time. */
  | { outcome: 'subscribed'; subscriptionId: string };

const checkouts = new Table(SubscriptionCheckout);
const subscriptions = new Table(Subscription);

/**
 * Checkouts that ask for a subscription: one open one for each owner and group of plans, so that two tabs cannot subscribe twice; and one
 * that offers the trial, of whichever group, so that two tabs cannot have it twice.
 */
@Injectable()
export class SubscriptionCheckouts {
  constructor(
    private readonly units: UnitOfWork,
    private readonly clock: Clock,
    private readonly reader: SnapshotReader,
    others: OtherCheckouts,
  ) {
    others.take('subscription', (tx, session, source) => this.add(tx, session, source));
  }

  /**
   * The owner's open checkout of the plan's group, the oldest where there are several; a new one where there is none. Where it would
   * offer the trial and one of another group does so already, that one. Concurrent requests, here or in another instance, get the same.
   * @param closed ids of checkouts that the caller knows to be closed; they are skipped
   */
  findOrOpen(wanted: WantedPlan, closed: ReadonlySet<string> = new Set()): Promise<OpenedCheckout> {
    const { owner, plan } = wanted;
    const isOpen = ({ id, status }: SubscriptionCheckout) => status === 'open' && !closed.has(id);
    return this.units.run(async (tx) => {
      await lockKeys(tx, [groupKey(owner, plan.group), `trial of ${keyOfOwner(owner)}`]);
      const ofOwner = { ownerType: owner.type, ownerId: owner.id };
      const known = await checkouts.findToChange(tx, ofOwner);
      const ofGroup = known.filter(({ planGroup }) => planGroup === plan.group);
      const others = plan.settings.trialOncePerOwner ? known.filter(({ planGroup }) => planGroup !== plan.group) : [];
      const withTrial = others.filter((row) => row.trialDays > 0);
      const unread = await this.firstUnread(tx, ofGroup);
      const isTaken = (await this.firstUnread(tx, withTrial)) !== undefined;
      // After the unread ones: what is stored meanwhile is among these.
      const all = await subscriptions.find(tx, ofOwner);
      const live = all.find(({ status, planGroup }) => planGroup === plan.group && isLiveStatus(status))?.id ?? unread;
      if (live) return { outcome: 'subscribed', subscriptionId: live };
      const open = ofGroup.filter(isOpen).toSorted(byAge);
      const [oldest] = open;
      const trialDays = isTaken ? 0 : trialDaysFor(plan, all);
      const rival = trialDays > 0 ? withTrial.find(isOpen) : undefined;
      if (rival) return { outcome: 'open', checkout: rival, isNew: false, isOnly: false, trialDays };
      if (oldest) {
        if (!oldest.checkoutSessionId)
          await checkouts.update(tx, { id: oldest.id }, { sessionAskedAt: this.clock.now() });
        return { outcome: 'open', checkout: oldest, isNew: false, isOnly: open.length === 1, trialDays };
      }
      const checkout = newRow(wanted, trialDays, this.clock.now());
      await checkouts.insert(tx, checkout);
      return { outcome: 'open', checkout, isNew: true, isOnly: true, trialDays };
    });
  }

  /**
   * Stores what a Checkout Session says of its checkout, and has its subscription read. For webhook, success page and checkout
   * alike, in any order. Sessions that are not ours are skipped.
   */
  async add(tx: EntityManager, session: CheckoutSession, { cause, at, actor }: FactSource): Promise<void> {
    const row = await findOf(tx, session);
    if (!row) return;
    const subscriptionId = idOf(session.subscription) ?? null;
    if (subscriptionId && session.status === 'complete')
      await this.reader.mark(tx, { kind: 'subscription', id: subscriptionId, cause, at, actor });
    const [known] = await checkouts.findToChange(tx, { id: row.id });
    if (known) await this.save(tx, withSession(known, session, at));
  }

  /** The same in a transaction of its own. */
  note(session: CheckoutSession, cause: string, actor?: string): Promise<void> {
    return this.units.run((tx) => this.add(tx, session, { cause, at: this.clock.now(), actor }));
  }

  /** Ends a checkout for which Stripe refused to create a session, or whose session does not exist. */
  end(id: string, how: 'failedAt' | 'expiredAt'): Promise<void> {
    return this.units.run(async (tx) => {
      const [row] = await checkouts.findToChange(tx, { id });
      if (row) await this.save(tx, { ...row, [how]: row[how] ?? this.clock.now() });
    });
  }

  /** Ends a checkout that has no session at Stripe, unless a customer has asked for one again since. */
  expireWithoutSession(id: string, askedBefore: Date): Promise<void> {
    return this.units.run(async (tx) => {
      const [row] = await checkouts.findToChange(tx, { id });
      if (row && !row.checkoutSessionId && (row.sessionAskedAt ?? row.createdAt) < askedBefore)
        await this.save(tx, { ...row, expiredAt: this.clock.now() });
    });
  }

  /** A subscription that a completed checkout made, and that was not read yet. One that was read, and has no row, Stripe does not have. */
  private async firstUnread(tx: EntityManager, made: readonly SubscriptionCheckout[]): Promise<string | undefined> {
    const ids = made.flatMap(({ subscriptionId }) => subscriptionId ?? []);
    const stored = ids.length > 0 ? await subscriptions.find(tx, { id: ids }) : [];
    for (const id of ids)
      if (!stored.some((row) => row.id === id) && (await this.reader.isDue(tx, 'subscription', id))) return id;
    return undefined;
  }

  private async save(tx: EntityManager, row: SubscriptionCheckout): Promise<void> {
    await checkouts.update(tx, { id: row.id }, { ...row, status: statusOf(row) });
  }
}

const byAge = (a: SubscriptionCheckout, b: SubscriptionCheckout) => +a.createdAt - +b.createdAt;

/** The checkout of a session: by the session's id, else by our id in its metadata, which only our server writes. */
export async function findOf(
  tx: EntityManager,
  { id, metadata }: Pick<CheckoutSession, 'id' | 'metadata'>,
): Promise<SubscriptionCheckout | undefined> {
  const bySession = await checkouts.findOne(tx, { checkoutSessionId: id });
  const ownId = identifierOf(metadata?.checkout_id);
  if (bySession || !ownId) return bySession;
  const byId = await checkouts.findOne(tx, { id: ownId });
  return byId && (byId.checkoutSessionId === null || byId.checkoutSessionId === id) ? byId : undefined;
}

function withSession(row: SubscriptionCheckout, session: CheckoutSession, at: Date): SubscriptionCheckout {
  return {
    ...row,
    checkoutSessionId: row.checkoutSessionId ?? session.id,
    subscriptionId: row.subscriptionId ?? idOf(session.subscription) ?? null,
    completedAt: earliest(row.completedAt, session.status === 'complete' ? at : null),
    expiredAt: earliest(row.expiredAt, session.status === 'expired' ? at : null),
  };
}

function statusOf({ completedAt, failedAt, expiredAt }: SubscriptionCheckout): SubscriptionCheckout['status'] {
  if (completedAt) return 'completed';
  if (failedAt) return 'failed';
  return expiredAt ? 'expired' : 'open';
}

const newRow = (
  { user, owner, plan, priceId, quantity, stripeCustomerId }: WantedPlan,
  trialDays: number,
  createdAt: Date,
): SubscriptionCheckout => ({
  id: randomUUID(),
  ownerType: owner.type,
  ownerId: owner.id,
  userId: user.id,
  email: normalizeEmail(user.email),
  stripeCustomerId,
  planGroup: plan.group,
  planKey: plan.lookupKey,
  priceId,
  quantity,
  trialDays,
  checkoutSessionId: null,
  subscriptionId: null,
  completedAt: null,
  expiredAt: null,
  failedAt: null,
  status: 'open',
  sessionAskedAt: null,
  createdAt,
});
