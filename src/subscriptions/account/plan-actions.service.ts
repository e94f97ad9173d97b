import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { User } from '../../auth/user.js';
import { Env } from '../../config/env.js';
import { CustomerReader } from '../../customers/customer-reader.service.js';
import { Customers } from '../../customers/customers.service.js';
import { keyOfOwner, type Owner, ownerOf } from '../../customers/owner.js';
import { StripeCustomers } from '../../stripe/stripe-customers.service.js';
import { StripeRefusedError, StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { StripeSubscriptions } from '../../stripe/stripe-subscriptions.service.js';
import type { Subscription as StripeSubscription } from '../../stripe/stripe.types.js';
import { SharedCalls } from '../../time/calls.js';
import { Clock } from '../../time/clock.js';
import { isOnItsWay } from '../invoices/read-invoice.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import { Invoice } from '../store/invoice.entity.js';
import { PortalConfiguration } from './portal-configuration.service.js';
import { SubscriptionReader, type SubscriptionSummary } from './subscription-reader.service.js';

/** `stale`: the page was drawn before the plan changed; nothing was done. `unpaid`: it was resumed, and its invoice is still to be paid. */
export type PlanActionResult = 'done' | 'stale' | 'refused' | 'unpaid' | 'unknown';

/** The plan has changed since the click, as by another one. */
class OtherClickError extends Error {
  constructor(readonly result: 'done' | 'stale') {
    super();
  }
}

/** Addresses of Stripe's pages of an invoice: whoever has them may see it. They expire, and are not stored. */
export interface InvoiceLinks {
  page: string | undefined;
  pdf: string | undefined;
  /** Whether it waits to be paid, and no payment of it is on its way. */
  isPayable: boolean;
}

const PAYABLE: ReadonlySet<unknown> = new Set(['open', 'uncollectible']);

/** A page that is shown again within this time does not read the plans again. */
const REUSE_READ_MS = 3_000;

/** What customers do with their own plans. */
@Injectable()
export class PlanActions {
  private readonly logger = new Logger('Subscriptions');
  private readonly reading = new SharedCalls<void>(REUSE_READ_MS);

  constructor(
    private readonly env: Env,
    private readonly reader: SubscriptionReader,
    private readonly snapshots: SnapshotReader,
    private readonly stripe: StripeSubscriptions,
    private readonly stripeCustomers: StripeCustomers,
    private readonly customers: Customers,
    private readonly customerReader: CustomerReader,
    private readonly portal: PortalConfiguration,
    private readonly clock: Clock,
    @InjectRepository(Invoice) private readonly invoices: Repository<Invoice>,
  ) {}

  /** Schedules the end of a plan, or takes a scheduled end back, unless the plan changed since the page was drawn. */
  async schedule(
    user: User,
    id: string,
    { end, version, feedback }: { end: boolean; version: number; feedback?: string | undefined },
  ): Promise<PlanActionResult> {
    const known = await this.reader.find(ownerOf(user), id);
    if (!known) return 'unknown';
    if (known.version !== version || !known.isLive || known.isEnding === end) return 'stale';
    // Part of the idempotency key, since a second try may have another reason.
    const how = end ? (feedback ?? 'no_reason') : known.hasOwnEnd ? 'own' : 'period';
    const key = `${end ? 'end' : 'keep'}_${id}_${version}_${how}`;
    const cause = end ? 'cancellation' : 'cancellation taken back';
    const made = await this.make(
      user,
      known,
      cause,
      ({ isEnding }) => isEnding === end,
      () => (end ? this.stripe.scheduleEnd(id, feedback, key) : this.stripe.takeEndBack(id, known.hasOwnEnd, key)),
    );
    return typeof made === 'string' ? made : 'done';
  }

  /** Resumes a paused plan: a period begins now and is charged. */
  async resume(user: User, id: string, version: number): Promise<PlanActionResult> {
    const known = await this.reader.find(ownerOf(user), id);
    if (!known) return 'unknown';
    if (known.version !== version || known.status !== 'paused') return 'stale';
    const made = await this.make(
      user,
      known,
      'resumed',
      ({ status }) => status === 'active',
      () => this.stripe.resumeSubscription(id, `resume_${id}_${version}`),
    );
    if (typeof made === 'string') return made;
    return made.status === 'active' ? 'done' : 'unpaid';
  }

  /**
   * Makes a change at Stripe and stores it, unless another click was faster: Stripe would answer a repeated call as it did the first
   * one, and an answer from before later changes would be stored.
   * @param isMade whether the plan is as it was asked for
   */
  private async make(
    user: User,
    { id, version }: SubscriptionSummary,
    cause: string,
    isMade: (now: SubscriptionSummary) => boolean,
    call: () => Promise<StripeSubscription>,
  ): Promise<StripeSubscription | 'done' | 'stale' | 'refused'> {
    const request = { kind: 'subscription' as const, id, cause, at: this.clock.now(), actor: user.id };
    try {
      return await this.snapshots.change(request, async () => {
        const now = await this.reader.find(ownerOf(user), id);
        if (now?.version !== version) throw new OtherClickError(now && isMade(now) ? 'done' : 'stale');
        return call();
      });
    } catch (error) {
      if (error instanceof OtherClickError) return error.result;
      if (!(error instanceof StripeRefusedError)) throw error;
      this.logger.warn(error.message);
      return 'refused';
    }
  }

  /**
   * The address of Stripe's portal; undefined for a user who has bought nothing, or whose customer was deleted at Stripe. `card`: it opens
   * with the change of the card.
   */
  async portalUrl(user: User, flow: 'card' | undefined): Promise<string | undefined> {
    const owner = ownerOf(user);
    const customerId = await this.customerReader.stripeIdOf(owner, this.env.livemode);
    if (!customerId) return undefined;
    const live = (await this.reader.ofOwner(owner)).find(({ isLive }) => isLive);
    const session = {
      customerId,
      returnUrl: `${this.env.domainUrl}/account/portal/return`,
      configuration: await this.portal.id(live?.planGroup ?? undefined),
      flow: flow === 'card' ? { type: 'payment_method_update' as const } : undefined,
    };
    try {
      return await this.stripeCustomers.createPortalSession(session);
    } catch (error) {
      if (!(error instanceof StripeRefusedError && (await this.customers.replaceIfMissing(customerId)))) throw error;
      await this.readAgain(owner); // its plans have ended with it
      return undefined;
    }
  }

  /** Reads the owner's live plans again. A failure is only logged: their events bring the changes later. */
  readAgain(owner: Owner): Promise<void> {
    return this.reading.run(keyOfOwner(owner), async () => {
      const live = (await this.reader.ofOwner(owner)).filter(({ isLive }) => isLive);
      for (const { id } of live) {
        const request = { kind: 'subscription' as const, id, cause: 'portal', at: this.clock.now(), actor: owner.id };
        await this.snapshots.readNow(request).catch((error: unknown) => {
          if (!(error instanceof StripeUnavailableError || error instanceof StripeRefusedError)) throw error;
          this.logger.warn(error.message);
        });
      }
    });
  }

  /** Stripe's pages of an invoice; undefined for an unknown one and for somebody else's alike. */
  async invoiceLinks(user: User, invoiceId: string): Promise<InvoiceLinks | undefined> {
    const row = await this.invoices.findOneBy({ id: invoiceId });
    if (!row) return undefined;
    const owner = ownerOf(user);
    const isTheirs = row.subscriptionId
      ? await this.reader.find(owner, row.subscriptionId)
      : (await this.customerReader.stripeIdOf(owner, this.env.livemode)) === row.stripeCustomerId;
    const invoice = isTheirs ? await this.stripe.findInvoice(invoiceId) : undefined;
    return (
      invoice && {
        page: invoice.hosted_invoice_url ?? undefined,
        pdf: invoice.invoice_pdf ?? undefined,
        isPayable: PAYABLE.has(invoice.status) && !isOnItsWay(invoice),
      }
    );
  }
}
