import { Injectable, Logger } from '@nestjs/common';
import type { User } from '../../auth/user.js';
import { ownerOf } from '../../customers/owner.js';
import { idOf } from '../../stripe/stripe-fields.js';
import { StripeRefusedError, StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { StripeSubscriptions } from '../../stripe/stripe-subscriptions.service.js';
import type { Subscription as StripeSubscription } from '../../stripe/stripe.types.js';
import { Clock } from '../../time/clock.js';
import type { PlanActionResult } from '../account/plan-actions.service.js';
import { SubscriptionReader } from '../account/subscription-reader.service.js';
import { isOnItsWay } from '../invoices/read-invoice.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import type { ReadRequest } from '../reads/stripe-reads.service.js';

/** No change waits any more: it was paid, ran out, or was given up in another tab. */
class NothingWaitsError extends Error {}
/** Its payment is on its way, and may arrive: it cannot be given up any more. */
class PaymentOnItsWayError extends Error {}

/** Gives up a change that waits for its payment (Stripe's `pending_update`), so that another one can be made. */
@Injectable()
export class PendingChange {
  private readonly logger = new Logger('Subscriptions');

  constructor(
    private readonly reader: SubscriptionReader,
    private readonly snapshots: SnapshotReader,
    private readonly stripe: StripeSubscriptions,
    private readonly clock: Clock,
  ) {}

  /**
   * Voids the invoice of the change, which drops it: the plan stays as it is, and nothing is charged. `stale`: it does not wait any
   * more, as where it was paid meanwhile. `refused`: a payment of it is on its way.
   * @throws StripeUnavailableError
   */
  async giveUp(user: User, id: string, version: number): Promise<PlanActionResult> {
    const known = await this.reader.find(ownerOf(user), id);
    if (!known) return 'unknown';
    if (known.version !== version || !known.pendingUpdateExpiresAt) return 'stale';
    const cause = 'change given up';
    const request = { kind: 'subscription' as const, id, cause, at: this.clock.now(), actor: user.id };
    try {
      let voided = '';
      await this.snapshots.change(request, async () => {
        voided = await this.voidInvoiceOf(id);
        return this.find(id);
      });
      await this.readInvoice(voided, request);
      return 'done';
    } catch (error) {
      if (error instanceof NothingWaitsError) return 'stale';
      if (error instanceof PaymentOnItsWayError) return 'refused';
      if (!(error instanceof StripeRefusedError)) throw error;
      this.logger.warn(error.message);
      return 'refused';
    }
  }

  /** The page that comes next shows no open invoice any more. A failure is only logged: its events bring the same later. */
  private async readInvoice(id: string, request: ReadRequest): Promise<void> {
    await this.snapshots.readNow({ ...request, kind: 'invoice', id }).catch((error: unknown) => {
      if (!(error instanceof StripeUnavailableError || error instanceof StripeRefusedError)) throw error;
      this.logger.warn(error.message);
    });
  }

  /** Gives the id of what it voids. Only the invoice of the change itself is, whatever else is open. */
  private async voidInvoiceOf(id: string): Promise<string> {
    const { pending_update: waits, latest_invoice: latest } = await this.find(id);
    const invoiceId = waits ? idOf(latest) : undefined;
    const invoice = invoiceId ? await this.stripe.findInvoice(invoiceId) : undefined;
    if (!invoiceId || invoice?.status !== 'open' || invoice.billing_reason !== 'subscription_update')
      throw new NothingWaitsError();
    if (isOnItsWay(invoice)) throw new PaymentOnItsWayError();
    await this.stripe.voidInvoice(invoiceId, `void_${invoiceId}`);
    return invoiceId;
  }

  private async find(id: string): Promise<StripeSubscription> {
    const found = await this.stripe.findSubscription(id);
    if (!found) throw new NothingWaitsError();
    return found;
  }
}
