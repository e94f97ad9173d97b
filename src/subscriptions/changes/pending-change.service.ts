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

/** Stripe has no such subscription. */
class GoneError extends Error {}

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
   * more, as where it was paid, ran out, or was given up in another tab. `refused`: a payment of it is on its way. What Stripe says is
   * stored in any case, so that the next page shows it.
   * @throws StripeUnavailableError
   */
  async giveUp(user: User, id: string, version: number): Promise<PlanActionResult> {
    const known = await this.reader.find(ownerOf(user), id);
    if (!known) return 'unknown';
    if (known.version !== version || !known.pendingUpdateExpiresAt) return 'stale';
    const cause = 'change given up';
    const request = { kind: 'subscription' as const, id, cause, at: this.clock.now(), actor: user.id };
    try {
      let result: PlanActionResult = 'stale';
      const { latest_invoice: latest } = await this.snapshots.change(request, async () => {
        const found = await this.find(id);
        const invoice = await this.invoiceOf(found);
        if (!invoice) return found;
        result = isOnItsWay(invoice) ? 'refused' : 'done';
        if (result === 'refused') return found;
        await this.stripe.voidInvoice(invoice.id, `void_${invoice.id}`);
        return this.find(id);
      });
      await this.readInvoice(idOf(latest), request);
      return result;
    } catch (error) {
      if (error instanceof GoneError) return 'stale';
      if (!(error instanceof StripeRefusedError)) throw error;
      this.logger.warn(error.message);
      return 'refused';
    }
  }

  /** The next page shows what became of it. A failure is only logged: its events bring the same later. */
  private async readInvoice(id: string | undefined, request: ReadRequest): Promise<void> {
    if (!id) return;
    await this.snapshots.readNow({ ...request, kind: 'invoice', id }).catch((error: unknown) => {
      if (!(error instanceof StripeUnavailableError || error instanceof StripeRefusedError)) throw error;
      this.logger.warn(error.message);
    });
  }

  /** The open invoice of the change that waits, and no other one; undefined where none waits. */
  private async invoiceOf({ pending_update: waits, latest_invoice: latest }: StripeSubscription) {
    const id = waits ? idOf(latest) : undefined;
    const invoice = id ? await this.stripe.findInvoice(id) : undefined;
    const isOfChange = invoice?.status === 'open' && invoice.billing_reason === 'subscription_update';
    return id && isOfChange ? { ...invoice, id } : undefined;
  }

  private async find(id: string): Promise<StripeSubscription> {
    const found = await this.stripe.findSubscription(id);
    if (!found) throw new GoneError();
    return found;
  }
}
