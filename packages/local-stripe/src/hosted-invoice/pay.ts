import { billingFor } from '../billing/billing.js';
import { collect } from '../billing/collect.js';
import { inOrder } from '../billing/event-order.js';
import type { Submission } from '../checkout/form.js';
import { createPaymentMethod } from '../payments/payment-methods.js';
import type { Tx } from '../state/store.js';
import { findInvoice } from './find.js';

/** `over`: there was nothing to pay any more; `authenticate`: `url` is the page for it. */
export type PaidInvoice =
  { outcome: 'paid' | 'over' } | { outcome: 'authenticate'; url: string } | { outcome: 'declined'; message: string };

/** The customer pays an open invoice on its page. A manual attempt: it moves no automatic retry. */
export async function payInvoice(
  tx: Tx,
  { id, token }: { id: string; token: string },
  { kind, payer }: Submission,
  origin: string,
): Promise<PaidInvoice> {
  const found = await findInvoice(tx, id, token);
  if (found?.invoice.status !== 'open' && found?.invoice.status !== 'uncollectible') return { outcome: 'over' };
  if (!kind) throw new Error('A card was read without its kind');
  const { invoice } = found;
  const method = await createPaymentMethod(tx, payer, kind);
  const billing = await billingFor(tx, origin, invoice.test_clock as string | null);
  const { payment } = await inOrder(billing, 'asMade', () => collect(billing, invoice, { method, automatic: false }));
  switch (payment?.outcome) {
    case 'declined':
      return { outcome: 'declined', message: payment.failure.message };
    case 'authenticate': {
      // The authentication leads back here; what follows for the invoice is a reaction to the payment.
      await tx.objects.note('payment_intent', payment.intent.id, {
        returnUrl: `${origin}/invoice/${id}/${token}`,
      });
      return { outcome: 'authenticate', url: `/c/authenticate/${payment.intent.id}` };
    }
    default:
      return { outcome: 'paid' };
  }
}
