import { Inject, Injectable, Logger } from '@nestjs/common';
import type { User } from '../../auth/user.js';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { idOf } from '../../stripe/stripe-fields.js';
import { StripeRefusedError, StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { StripeSubscriptions } from '../../stripe/stripe-subscriptions.service.js';
import type { ItemChange, Subscription as StripeSubscription } from '../../stripe/stripe.types.js';
import { Clock } from '../../time/clock.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import { type Plan, PLANS } from '../state/plan.js';
import { SubscriptionChange } from '../store/subscription-change.entity.js';
import { Subscription } from '../store/subscription.entity.js';
import { isSameCharge } from './change-preview.js';
import { detailsOf, PlanPreviews } from './plan-previews.service.js';

/** How the call to Stripe went. */
type MadeChange =
  | { outcome: 'done' }
  /** The bank asks for authentication, on Stripe's page of the invoice. Nothing has changed until then. */
  | { outcome: 'authentication'; url: string | undefined }
  /** The payment was declined, or Stripe refused the change: nothing has changed. */
  | { outcome: 'declined' | 'refused' }
  /** The preview does not hold any more: nothing has changed. */
  | { outcome: 'stale' };

export type PlanChangeResult =
  | MadeChange
  /** Another change of the subscription is being made. */
  | { outcome: 'busy' }
  /** Stripe has not answered: the change is finished, or dropped, in the background. */
  | { outcome: 'unsure' }
  | { outcome: 'unknown_change' };

/** What was previewed is not what would be charged. */
class StalePreviewError extends Error {}
const STALE = 'stale' as const;

/** Stripe's code for a payment that the bank wants to be authenticated. */
const NEEDS_AUTHENTICATION = 'subscription_payment_intent_requires_action';
/** A change that was not made within this time after it was confirmed is dropped: nobody expects it any more. */
const LATEST_MS = 10 * 60_000;

const changes = new Table(SubscriptionChange);
const subscriptions = new Table(Subscription);

/**
 * Makes the changes that customers have confirmed. A change is `requested` in its row before Stripe is called, and its id is the
 * idempotency key: it is made once, also where the app stops in between or two tabs confirm it. One at a time for each subscription.
 */
@Injectable()
export class PlanChanges {
  private readonly logger = new Logger('Subscriptions');

  constructor(
    private readonly units: UnitOfWork,
    private readonly clock: Clock,
    private readonly stripe: StripeSubscriptions,
    private readonly snapshots: SnapshotReader,
    private readonly previews: PlanPreviews,
    @Inject(PLANS) private readonly plans: readonly Plan[],
  ) {}

  /** Makes a change that was previewed. A second call continues the first, or says how it went. */
  async confirm(user: User, id: string): Promise<PlanChangeResult> {
    const known = await this.previews.find(user, id);
    if (!known) return { outcome: 'unknown_change' };
    const requested = await this.request(known.change);
    if (typeof requested === 'string') return { outcome: requested };
    const { change, isFirst } = requested;
    if (change.status === 'refused') return { outcome: change.failureReason === STALE ? 'stale' : 'refused' };
    try {
      if (change.status === 'done') return await this.answerAgain(user, id);
      return await this.make(change, isFirst);
    } catch (error) {
      if (!(error instanceof StripeUnavailableError)) throw error;
      this.logger.warn(`${error.message} The change ${id} is finished later.`);
      return { outcome: 'unsure' };
    }
  }

  /**
   * Finishes a change of which it is not known whether it was made: looks at Stripe, and makes it where all is as it was.
   * @throws StripeUnavailableError
   */
  async finish(change: SubscriptionChange): Promise<void> {
    await this.make(change, false);
  }

  /** Notes that the change is going to be made. `isFirst`: by this call; otherwise another one has, and the change is as that left it. */
  private request({ id, subscriptionId }: SubscriptionChange) {
    return this.units.run(async (tx) => {
      await lockKeys(tx, [`changes of ${subscriptionId}`]);
      const [change] = await changes.findToChange(tx, { id });
      if (!change) return STALE;
      if (change.status !== 'previewed') return { change, isFirst: false };
      if (await changes.findOne(tx, { subscriptionId, status: 'requested' })) return 'busy';
      const now = this.clock.now();
      const current = await subscriptions.findOne(tx, { id: subscriptionId });
      if (!change.expiresAt || change.expiresAt <= now || change.version !== current?.version) return STALE;
      const requested = { status: 'requested', requestedAt: now } as const;
      await changes.update(tx, { id }, requested);
      return { change: { ...change, ...requested }, isFirst: true };
    });
  }

  /** How it went with a change that was made before. One that waited for its payment and was given up is `stale`. */
  private async answerAgain(user: User, id: string): Promise<MadeChange> {
    const { details, subscription } = (await this.previews.find(user, id)) ?? {};
    if (subscription?.pendingUpdateExpiresAt) return this.authentication(subscription.latestInvoiceId);
    const [held] = subscription?.items ?? [];
    const isMade = held?.priceId === details?.item.priceId && held?.quantity === details?.item.quantity;
    return { outcome: isMade ? 'done' : STALE };
  }

  private async make(change: SubscriptionChange, isFirst: boolean): Promise<MadeChange> {
    const { id, subscriptionId, requestedBy: actor, kind } = change;
    const cause = kind === 'seats' ? 'seats changed' : 'plan changed';
    const request = { kind: 'subscription' as const, id: subscriptionId, cause, at: this.clock.now(), actor };
    try {
      const call = () => (isFirst ? this.callFirst(change) : this.callAgain(change));
      const { pending_update: waits, latest_invoice: invoice } = await this.snapshots.change(request, call);
      await this.end(id, 'done');
      return waits ? await this.authentication(idOf(invoice)) : { outcome: 'done' };
    } catch (error) {
      const isStale = error instanceof StalePreviewError;
      if (!isStale && !(error instanceof StripeRefusedError)) throw error;
      if (!isStale) this.logger.warn(error.message);
      await this.end(id, 'refused', isStale ? STALE : (error.code ?? 'refused'));
      if (isStale) return { outcome: STALE };
      return { outcome: error.status === 402 ? 'declined' : 'refused' };
    }
  }

  private async callFirst(change: SubscriptionChange): Promise<StripeSubscription> {
    const { item, charge } = detailsOf(change);
    if (isFree(item) && !isInTrial(await this.stripe.findSubscription(item.subscriptionId)))
      throw new StalePreviewError();
    if (!isSameCharge(await this.previews.chargeOf(item), charge)) throw new StalePreviewError();
    return this.call(change);
  }

  /** A repeated call may get the answer of the first one, from before later changes: so the subscription is read. */
  private async callAgain(change: SubscriptionChange): Promise<StripeSubscription> {
    const { item, from } = detailsOf(change);
    const read = () => this.stripe.findSubscription(item.subscriptionId);
    const found = await read();
    if (found && (found.pending_update || hasItem(found, item))) return found;
    const isLate = +this.clock.now() - +(change.requestedAt ?? change.createdAt) > LATEST_MS;
    if (isLate || !found || !hasItem(found, from) || (isFree(item) && !isInTrial(found))) throw new StalePreviewError();
    const answer = await this.call(change);
    return (await read()) ?? answer;
  }

  private async call(change: SubscriptionChange): Promise<StripeSubscription> {
    const { item, planKey } = detailsOf(change);
    // It left the catalog since the preview: whoever paid for it would get nothing.
    if (!this.plans.some(({ lookupKey }) => lookupKey === planKey)) throw new StalePreviewError();
    const key = `change_${change.id}`;
    try {
      return await this.stripe.changeSubscription(item, 'error_if_incomplete', key);
    } catch (error) {
      if (!(error instanceof StripeRefusedError && error.code === NEEDS_AUTHENTICATION)) throw error;
      return this.stripe.changeSubscription(item, 'pending_if_incomplete', `${key}_pending`);
    }
  }

  private async authentication(invoiceId: string | null | undefined): Promise<MadeChange> {
    // The change is made, whether or not the page of its invoice is known.
    const invoice = invoiceId ? await this.stripe.findInvoice(invoiceId).catch(() => undefined) : undefined;
    return { outcome: 'authentication', url: invoice?.hosted_invoice_url ?? undefined };
  }

  /** The first end counts: the task for unfinished changes may have been faster. */
  private end(id: string, status: 'done' | 'refused', failureReason: string | null = null): Promise<void> {
    const finishedAt = this.clock.now();
    return this.units.run((tx) =>
      changes.update(tx, { id, status: 'requested' }, { status, failureReason, finishedAt }),
    );
  }
}

/** What was previewed in a trial is charged at no time, so it must not be made after the trial. */
const isFree = ({ prorationDate }: ItemChange): boolean => prorationDate === undefined;
const isInTrial = (subscription: StripeSubscription | undefined): boolean => subscription?.status === 'trialing';

/** Whether the subscription has this price and quantity. */
const hasItem = (
  { items }: StripeSubscription,
  { priceId, quantity }: Pick<ItemChange, 'priceId' | 'quantity'>,
): boolean => items.data.some((item) => item.price.id === priceId && item.quantity === quantity);
