import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { User } from '../../auth/user.js';
import { ownerOf } from '../../customers/owner.js';
import { Table } from '../../database/table.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { toUnixSeconds } from '../../stripe/stripe-fields.js';
import { StripeSubscriptions } from '../../stripe/stripe-subscriptions.service.js';
import type { Invoice, ItemChange } from '../../stripe/stripe.types.js';
import { Clock } from '../../time/clock.js';
import { SubscriptionReader, type SubscriptionSummary } from '../account/subscription-reader.service.js';
import { SubscriptionChange } from '../store/subscription-change.entity.js';
import { type ChangeDetails, type Charge, chargeOf } from './change-preview.js';
import { type AskedChange, type PlanChoice, PlanChoices, type ReadChange, readChange } from './plan-choices.service.js';

/** How long a preview holds, ms. */
const HOLDS_MS = 15 * 60_000;
/** Previews that nobody confirmed are deleted this long after they ended, ms. */
const KEPT_MS = 24 * 3_600_000;

/** A change with its subscription, both as they are stored. */
export interface KnownChange {
  change: SubscriptionChange;
  details: ChangeDetails;
  subscription: SubscriptionSummary;
}

export type PreviewResult =
  | { outcome: 'previewed'; changeId: string }
  /** What was asked for is not possible. `choices`: what is. */
  | (Extract<ReadChange, { outcome: 'invalid' }> & { choices: PlanChoice[] });

const changes = new Table(SubscriptionChange);

/** Computes what a change of plan or seats costs, and keeps it until the customer confirms it. */
@Injectable()
export class PlanPreviews {
  constructor(
    private readonly units: UnitOfWork,
    private readonly clock: Clock,
    private readonly stripe: StripeSubscriptions,
    private readonly reader: SubscriptionReader,
    private readonly choices: PlanChoices,
    @InjectRepository(SubscriptionChange) private readonly rows: Repository<SubscriptionChange>,
  ) {}

  /**
   * Stores what a change of the user's subscription would cost now.
   * @throws StripeUnavailableError, StripeRefusedError
   */
  async create(user: User, subscription: SubscriptionSummary, asked: AskedChange): Promise<PreviewResult> {
    const choices = await this.choices.of(subscription);
    const read = readChange(asked, subscription, choices);
    if (read.outcome === 'invalid') return { ...read, choices };
    const now = this.clock.now();
    const details = await this.detailsFor(subscription, read, now);
    const row = rowOf(user, subscription, details, now);
    await this.units.run(async (tx) => {
      await tx.query(
        `DELETE FROM subscription_changes WHERE subscription_id = $1 AND status = 'previewed' AND expires_at < $2`,
        [subscription.id, now.getTime() - KEPT_MS],
      );
      await changes.insert(tx, row);
    });
    return { outcome: 'previewed', changeId: row.id };
  }

  /** What a change charges at once, if it were made now; null in a trial, where nothing is. */
  async chargeOf(item: ItemChange): Promise<Charge | null> {
    return item.prorationDate === undefined ? null : chargeOf(await this.stripe.previewChange(item));
  }

  /** The change of one of the user's subscriptions; undefined for an unknown one and for somebody else's alike. */
  async find(user: User, id: string): Promise<KnownChange | undefined> {
    const change = await this.rows.findOneBy({ id });
    const subscription = change && (await this.reader.find(ownerOf(user), change.subscriptionId));
    return subscription ? { change, details: detailsOf(change), subscription } : undefined;
  }

  private async detailsFor(
    subscription: SubscriptionSummary,
    { choice, quantity }: Extract<ReadChange, { outcome: 'chosen' }>,
    now: Date,
  ): Promise<ChangeDetails> {
    const item = itemOf(subscription, choice, quantity, now);
    const charge = await this.chargeOf(item);
    const next = await this.stripe.previewChange({ ...item, prorationDate: undefined });
    const [held] = subscription.items;
    const from = { planKey: subscription.planKey, quantity: subscription.quantity };
    return {
      item,
      planKey: choice.plan.lookupKey,
      from: { ...from, priceId: held?.priceId ?? '', unitAmount: held?.unitAmount ?? null },
      unitAmount: choice.unitAmount,
      currency: choice.currency,
      charge,
      next: { total: next.total, at: nextPayment(next, subscription, item) },
    };
  }
}

export const detailsOf = ({ details }: SubscriptionChange): ChangeDetails => JSON.parse(details) as ChangeDetails;

function itemOf(
  { id, items, plan, status, currentPeriodStart }: SubscriptionSummary,
  choice: PlanChoice,
  quantity: number,
  now: Date,
): ItemChange {
  const isTrial = status === 'trialing';
  const { interval, intervalCount } = choice.plan;
  const changesInterval = plan?.interval !== interval || plan.intervalCount !== intervalCount;
  return {
    subscriptionId: id,
    itemId: items[0]?.id ?? '',
    priceId: choice.priceId,
    quantity,
    // In flexible billing mode Stripe never moves the period by itself; a trial ends with a new one anyway.
    restarts: changesInterval && !isTrial,
    prorationDate: isTrial ? undefined : Math.max(toUnixSeconds(now), toUnixSeconds(currentPeriodStart ?? now)),
  };
}

/** When the payment after this change is due, Unix seconds. */
function nextPayment(
  next: Invoice,
  { trialEnd, status, currentPeriodEnd }: SubscriptionSummary,
  { restarts }: ItemChange,
): number {
  if (restarts) return Math.max(...next.lines.data.map(({ period }) => period.end));
  const at = status === 'trialing' ? trialEnd : currentPeriodEnd;
  return at ? toUnixSeconds(at) : next.created;
}

function rowOf(
  user: User,
  { id: subscriptionId, version, currentPeriodEnd, planKey }: SubscriptionSummary,
  details: ChangeDetails,
  now: Date,
): SubscriptionChange {
  const { item, charge } = details;
  const ends = [now.getTime() + HOLDS_MS, currentPeriodEnd?.getTime() ?? Infinity];
  return {
    id: randomUUID(),
    subscriptionId,
    kind: details.planKey === planKey ? 'seats' : 'plan',
    details: JSON.stringify(details),
    version,
    prorationDate: item.prorationDate ?? null,
    amount: charge?.due ?? 0,
    currency: details.currency,
    status: 'previewed',
    failureReason: null,
    requestedBy: user.id,
    createdAt: now,
    expiresAt: new Date(Math.min(...ends)),
    requestedAt: null,
    finishedAt: null,
  };
}
