import type { Invoice, Subscription } from '../model/wire.js';
import type { Billing } from './billing.js';
import { saveInvoice } from './invoice-store.js';
import { finalize } from './finalize.js';
import { markUncollectible, voidInvoice } from './void-invoice.js';

/**
 * What `pause_collection` makes of a new invoice of the subscription: it stays a draft, or is finalized and then voided or
 * marked uncollectible (SUBSCRIPTIONS.md 1 and 5). Without it, nothing.
 */
export async function withholdCollection(
  billing: Billing,
  { pause_collection: pause }: Subscription,
  draft: Invoice,
): Promise<Invoice> {
  switch (pause?.behavior) {
    case 'keep_as_draft':
      return saveInvoice(billing, {
        ...draft,
        auto_advance: false,
        automatically_finalizes_at: null,
        next_payment_attempt: null,
      });
    case 'void':
    case 'mark_uncollectible': {
      const open = await finalize(billing, draft);
      if (open.status !== 'open') return open;
      return pause.behavior === 'void'
        ? voidInvoice(billing, open)
        : markUncollectible(billing, open, 'subscription_paused');
    }
    default:
      return draft;
  }
}

/** Why and since when a subscription is paused. */
export const pausedBecause = (type: string, now: number): Subscription['status_details'] =>
  ({
    paused: { subscription: { type }, transitioned_at: now, type: 'subscription' },
  }) as Subscription['status_details'];
