import type { Invoice, PaymentIntent } from '../model/wire.js';
import type { Billing } from './billing.js';
import type { Collected } from './collect.js';
import { finalize } from './finalize.js';
import { invoicePaid } from './invoice-paid.js';
import { paymentProcessing } from './invoice-processing.js';
import { paymentOfIntent } from './invoice-store.js';

/**
 * The first invoice of a subscription that Checkout makes: the customer has paid before it exists (SUBSCRIPTIONS.md 1,
 * "Checkout": since 2025-03-31.basil), or their bank debit is under way.
 */
export async function settleWith(billing: Billing, draft: Invoice, intent: PaymentIntent): Promise<Collected> {
  const open = await finalize(billing, draft, intent);
  const payment = await paymentOfIntent(billing, intent.id);
  if (!payment || open.status !== 'open') return { invoice: open };
  const settled = intent.status === 'succeeded';
  return {
    invoice: settled
      ? await invoicePaid(billing, payment, intent, { automatic: true })
      : await paymentProcessing(billing, open),
  };
}
