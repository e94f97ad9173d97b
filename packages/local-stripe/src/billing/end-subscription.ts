import type { Subscription } from '../model/wire.js';
import type { Billing } from './billing.js';
import { invoicesOf, saveInvoice } from './invoice-store.js';
import { stopSchedule } from './schedule-store.js';
import { saveSubscription, saveWithEvent, type Loaded } from './subscription-store.js';
import { voidInvoice } from './void-invoice.js';

type Details = NonNullable<Subscription['cancellation_details']>;

export interface Ending {
  reason: Details['reason'];
  details?: Partial<Details>;
  /** Whether a scheduled end is taken back, as by `DELETE` (recorded). */
  forgetSchedule?: boolean;
}

/**
 * Ends a subscription now. Its open and draft invoices are no longer collected by themselves (D). The first `canceled_at`
 * is kept (recorded), and no period is shortened.
 */
export async function endSubscription(billing: Billing, loaded: Loaded, ending: Ending): Promise<Subscription> {
  const { now } = billing;
  const before = loaded.subscription;
  const canceled: Subscription = {
    ...before,
    ...(ending.forgetSchedule && { cancel_at: null, cancel_at_period_end: false }),
    canceled_at: before.canceled_at ?? now,
    cancellation_details: {
      comment: null,
      feedback: null,
      feedback_option: null,
      ...before.cancellation_details,
      ...ending.details,
      reason: ending.reason,
    },
    ended_at: now,
    pending_update: null,
    status: 'canceled',
  };
  await saveWithEvent(billing, { subscription: canceled, notes: { debits: [] } }, 'customer.subscription.deleted');
  await stopCollecting(billing, before);
  if (before.schedule !== null) {
    const failed = ending.reason === 'payment_failed';
    const event = failed ? 'subscription_schedule.aborted' : 'subscription_schedule.canceled';
    await stopSchedule(billing, String(before.schedule), event);
  }
  return canceled;
}

/** A subscription has few open invoices: those before them were settled. */
const LOOKED_AT = 12;

async function stopCollecting(billing: Billing, { id, status }: Subscription): Promise<void> {
  for (const invoice of await invoicesOf(billing, id, LOOKED_AT)) {
    if (invoice.status !== 'open' && invoice.status !== 'draft') continue;
    if (status === 'incomplete' && invoice.status === 'open') await voidInvoice(billing, invoice);
    else if (invoice.auto_advance === true) {
      await saveInvoice(
        billing,
        { ...invoice, auto_advance: false, automatically_finalizes_at: null, next_payment_attempt: null },
        invoice,
      );
    }
  }
}

/** 23 hours without the first payment: the invoice is voided, and the subscription can only be made anew (T). */
export async function expireIncomplete(billing: Billing, { subscription: before, notes }: Loaded): Promise<void> {
  for (const invoice of await invoicesOf(billing, before.id, 1)) {
    if (invoice.status === 'open') await voidInvoice(billing, invoice);
  }
  const expired: Subscription = { ...before, ended_at: billing.now, status: 'incomplete_expired' };
  await saveSubscription(billing, { subscription: expired, notes }, before);
}
