import type { Tx } from '../state/store.js';
import type { EventType, SetupIntent, StoredObject } from '../model/wire.js';
import { billingFor } from './billing.js';
import { subscriptionDisputed } from './disputed.js';
import { invoiceFailed } from './invoice-failed.js';
import { invoicePaid } from './invoice-paid.js';
import { paymentProcessing } from './invoice-processing.js';
import { paymentOfIntent, subscriptionOf } from './invoice-store.js';
import { pendingSetupSucceeded } from './pending-setup.js';
import { voidInvoice } from './void-invoice.js';

/**
 * What follows for an invoice when its Payment Intent is confirmed by the customer (`confirmation_secret`), authenticated,
 * or when a delayed payment ends. Attempts of billing itself do not come here: `collect` sees to them.
 */
export const reactToPayments =
  (origin: () => string) =>
  async (tx: Tx, type: EventType, object: StoredObject): Promise<void> => {
    if (object.object === 'setup_intent' && type === 'setup_intent.succeeded' && object.customer !== null) {
      return setupSucceeded(tx, object, origin());
    }
    if (object.object === 'dispute' && type === 'charge.dispute.created')
      return subscriptionDisputed(tx, object, origin());
    if (object.object !== 'payment_intent' || !REACTED_TO.has(type)) return;
    const payment = await paymentOfIntent({ tx }, object.id);
    if (!payment || payment.status !== 'open') return;
    const invoice = await tx.objects.get('invoice', String(payment.invoice));
    const billing = await billingFor(tx, origin(), invoice.test_clock as string | null);
    switch (type) {
      case 'payment_intent.succeeded':
        await invoicePaid(billing, payment, object);
        return;
      case 'payment_intent.processing':
        await paymentProcessing(billing, invoice);
        return;
      default:
        await paymentFailed(billing, invoice, object.last_payment_error?.payment_method?.type);
    }
  };

async function setupSucceeded(tx: Tx, intent: SetupIntent, origin: string): Promise<void> {
  const customer = await tx.objects.find('customer', String(intent.customer));
  if (!customer) return;
  await pendingSetupSucceeded(await billingFor(tx, origin, customer.test_clock as string | null), intent);
}

const REACTED_TO = new Set<EventType>([
  'payment_intent.succeeded',
  'payment_intent.processing',
  'payment_intent.payment_failed',
]);

/** A first payment that was under way fails: its invoice is voided, and the subscription stays active (D). */
async function paymentFailed(
  billing: Parameters<typeof invoiceFailed>[0],
  invoice: Parameters<typeof invoiceFailed>[1],
  methodType: string | undefined,
): Promise<void> {
  const subscription = await subscriptionOf(billing, invoice);
  const first = invoice.billing_reason === 'subscription_create';
  if (methodType !== 'card' && first && subscription?.status === 'active') {
    await voidInvoice(billing, invoice);
    return;
  }
  await invoiceFailed(billing, invoice, {
    automatic: invoice.collection_method !== 'send_invoice' && methodType !== 'card',
  });
}
