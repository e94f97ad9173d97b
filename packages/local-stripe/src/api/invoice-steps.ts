import type { Tx } from '../state/store.js';
import { endpoint } from '../conventions/endpoint.js';
import { boolean, optional, shape, text } from '../conventions/params/index.js';
import { ApiError, invalidRequest } from '../conventions/errors.js';
import { billingFor, type Billing } from '../billing/billing.js';
import { collect, type Collected } from '../billing/collect.js';
import { inOrder } from '../billing/event-order.js';
import { finalize } from '../billing/finalize.js';
import { paidOutOfBand } from '../billing/invoice-paid.js';
import { saveInvoice, subscriptionIdOf } from '../billing/invoice-store.js';
import { dropPendingUpdate } from '../billing/pending-update.js';
import { sendInvoice } from '../billing/send-invoice.js';
import { reviewStatus } from '../billing/subscription-status.js';
import { loadSubscription } from '../billing/subscription-store.js';
import { markUncollectible, voidInvoice } from '../billing/void-invoice.js';
import type { Invoice, PaymentMethod } from '../model/wire.js';
import { cardRefused } from './confirm-intent.js';
import { paymentMethodFor } from './payment-method-for.js';
import { findOr404 } from './reading.js';

interface Step {
  billing: Billing;
  invoice: Invoice;
}

async function stepOn(tx: Tx, id: string, origin: string): Promise<Step> {
  const invoice = await findOr404(tx, 'invoice', id);
  return { invoice, billing: await billingFor(tx, origin, invoice.test_clock as string | null) };
}

const HOUR_S = 3600;

export const finalizeOne = endpoint(shape({ auto_advance: optional(boolean) }), async ({ tx, params, id, origin }) => {
  const { billing, invoice } = await stepOn(tx, id, origin);
  if (invoice.status !== 'draft') {
    throw invalidRequest("This invoice is already finalized, you can't re-finalize a non-draft invoice.");
  }
  const advances = params.auto_advance ?? invoice.auto_advance ?? false;
  return inOrder(billing, 'asMade', async () => {
    const open = await finalize(billing, { ...invoice, auto_advance: advances });
    if (open.status !== 'open' || !advances || open.collection_method === 'send_invoice') return open;
    return saveInvoice(billing, { ...open, next_payment_attempt: billing.now + HOUR_S });
  });
});

const payment = shape({
  forgive: optional(boolean),
  mandate: optional(text),
  off_session: optional(boolean),
  paid_out_of_band: optional(boolean),
  payment_method: optional(text),
  source: optional(text),
});

/** Pays an invoice now; a draft is finalized before. A decline is a 402, and its attempt is kept. */
export const payOne = endpoint(payment, async ({ tx, params, id, origin }) => {
  const { billing, invoice } = await stepOn(tx, id, origin);
  mustBePayable(invoice);
  return inOrder(billing, 'asMade', async () => {
    const named = params.payment_method ?? params.source;
    const method = named === undefined ? undefined : await paymentMethodFor(tx, named, 'payment_method');
    if (method && method.customer !== invoice.customer) mustBeAttached(method.id, String(invoice.customer));
    const open = invoice.status === 'draft' ? await finalize(billing, invoice) : invoice;
    if (open.status === 'paid') return open;
    if (params.paid_out_of_band === true) return paidOutOfBand(billing, open);
    const collected = await collect(billing, open, { automatic: false, method });
    throwIfRefused(collected);
    return findOr404(tx, 'invoice', id);
  });
});

function mustBePayable({ status }: Invoice): void {
  if (status === 'paid') throw invalidRequest('Invoice is already paid');
  if (status === 'void') throw invalidRequest('This invoice can no longer be paid: it is void.');
}

function mustBeAttached(method: string, customer: string): never {
  const message = `The payment method ${method} must be attached to the customer ${customer}.`;
  throw invalidRequest(message, 'payment_method');
}

function throwIfRefused({ payment: made, method }: Collected): void {
  if (!made) {
    const message =
      'There is no `default_payment_method` set on this Customer or Invoice. Please set either field to a valid payment method and try again.';
    if (!method) throw kept(invalidRequest(message));
    return;
  }
  if (made.outcome === 'declined') throw cardRefused(made, method as PaymentMethod);
  if (made.outcome === 'authenticate') {
    const message = 'This payment requires additional user action before it can be completed successfully.';
    throw new ApiError(
      402,
      { type: 'card_error', code: 'invoice_payment_intent_requires_action', message, payment_intent: made.intent },
      'kept',
    );
  }
}

const kept = ({ status, details }: ApiError): ApiError => new ApiError(status, details, 'kept');

export const sendOne = endpoint(shape({}), async ({ tx, id, origin }) => {
  const { billing, invoice } = await stepOn(tx, id, origin);
  if (invoice.status === 'void') throw invalidRequest('A void invoice cannot be sent.');
  if (invoice.collection_method !== 'send_invoice') {
    throw invalidRequest("You can only manually send an invoice if its collection method is 'send_invoice'.");
  }
  return inOrder(billing, 'asMade', async () =>
    sendInvoice(billing, invoice.status === 'draft' ? await finalize(billing, invoice) : invoice),
  );
});

export const voidOne = endpoint(shape({}), async ({ tx, id, origin }) => {
  const { billing, invoice } = await stepOn(tx, id, origin);
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') {
    throw invalidRequest(
      `You can only pass in open or uncollectible invoices. This invoice isn't (${invoice.status}).`,
    );
  }
  return inOrder(billing, 'asMade', async () => {
    const voided = await voidInvoice(billing, invoice);
    await afterGivingUp(billing, voided);
    return voided;
  });
});

export const markOne = endpoint(shape({}), async ({ tx, id, origin }) => {
  const { billing, invoice } = await stepOn(tx, id, origin);
  if (invoice.status !== 'open') {
    throw invalidRequest(`You can only mark open invoices as uncollectible. This invoice is ${invoice.status}.`);
  }
  return inOrder(billing, 'asMade', async () => {
    const marked = await markUncollectible(billing, invoice, 'user_forgiven');
    await afterGivingUp(billing, marked);
    return marked;
  });
});

/** A subscription that waited for the invoice: its pending update is dropped, its status looked at anew. */
async function afterGivingUp(billing: Billing, invoice: Invoice): Promise<void> {
  const id = subscriptionIdOf(invoice);
  const loaded = id === undefined ? undefined : await loadSubscription(billing, id);
  if (id === undefined || !loaded) return;
  if (loaded.notes.pendingUpdate?.invoice === invoice.id) await dropPendingUpdate(billing, loaded);
  await reviewStatus(billing, id);
}
