import type { Tx } from '../state/store.js';
import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { oneOf, optional, shape, text } from '../conventions/params/index.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import { searching } from '../conventions/search/search.js';
import { billingFor, type Billing } from '../billing/billing.js';
import { useCurrency } from '../billing/create-subscription.js';
import { editDraft } from '../billing/edit-draft.js';
import { insertInvoice, subscriptionIdOf } from '../billing/invoice-store.js';
import { withTotals } from '../billing/invoice-totals.js';
import { newInvoice } from '../billing/new-invoice.js';
import { attachItems, linesOf, pendingItems } from '../billing/pending-items.js';
import type { Customer, Invoice } from '../model/wire.js';
import { discountsFor } from './discounts-for.js';
import { changedFields, invoiceChanges, newInvoiceParams, type InvoiceChanges } from './invoice-params.js';
import { attachPayment } from './invoice-attach-payment.js';
import { addLines, removeLines, updateLine, updateLines } from './invoice-edits.js';
import { createPreview } from './invoice-preview.js';
import { listUpcomingLines, retrieveUpcoming } from './upcoming-invoice.js';
import { finalizeOne, markOne, payOne, sendOne, voidOne } from './invoice-steps.js';
import { mustFitCurrency, ownMethod } from './new-subscription.js';
import { deleting, findOr404, retrieving } from './reading.js';
import { taxRatesFor } from './subscription-items-for.js';

const create = endpoint(newInvoiceParams, async ({ tx, params, origin }) => {
  const subscription =
    params.subscription === undefined ? undefined : await tx.objects.find('subscription', params.subscription);
  if (params.subscription !== undefined && !subscription) {
    throw noSuch('subscription', params.subscription, 'subscription');
  }
  const named = params.customer ?? subscription?.customer;
  if (named === undefined) throw missingParameter('customer');
  const customer = await tx.objects.find('customer', String(named));
  if (!customer) throw noSuch('customer', String(named), 'customer');
  mustHaveEmail(customer, params);
  const billing = await billingFor(tx, origin, customer.test_clock as string | null);
  const currency = params.currency ?? subscription?.currency ?? customer.currency ?? 'usd';
  mustFitCurrency(customer, currency);
  const includes = params.pending_invoice_items_behavior === 'include' || subscription !== undefined;
  const waiting = includes ? await pendingItems(billing, customer.id, currency, subscription?.id) : [];
  const bare = newInvoice({
    customer,
    ...(subscription && { subscription }),
    billingReason: 'manual',
    currency,
    now: billing.now,
    period: { start: billing.now, end: billing.now },
    lines: linesOf(waiting),
    autoAdvance: false,
    finalizesAt: null,
  });
  const filled: Invoice = {
    ...bare,
    ...changedFields(bare, params, billing.now),
    ...(await storedFields(billing, bare, params)),
  };
  const invoice = await withTotals(billing, filled, customer);
  await attachItems(billing, waiting, invoice);
  if (waiting.length > 0) await useCurrency(billing, customer, currency);
  return insertInvoice(billing, invoice);
});

/** Recorded: 400 without code and param (sub-074). */
function mustHaveEmail({ email }: Customer, { collection_method: method }: InvoiceChanges): void {
  if (method !== 'send_invoice' || email !== null) return;
  throw invalidRequest(
    'Missing email. In order to create invoices that are sent to the customer, the customer must have a valid email.',
  );
}

async function storedFields({ tx, now }: Billing, before: Invoice, params: InvoiceChanges): Promise<Partial<Invoice>> {
  const customer = String(before.customer);
  return {
    ...(params.default_payment_method !== undefined && {
      default_payment_method: await ownMethod(tx, params.default_payment_method, customer),
    }),
    ...(params.default_tax_rates !== undefined && {
      default_tax_rates: await taxRatesFor(tx, params.default_tax_rates, 'default_tax_rates'),
    }),
    ...(params.discounts !== undefined && {
      discounts: await discountsFor(tx, params.discounts, { customer, param: 'discounts', now, invoice: before.id }),
    }),
  };
}

/** What can still be changed once an invoice is finalized. */
const AFTER_FINALIZATION = [
  'auto_advance',
  'metadata',
  'default_payment_method',
  'payment_settings',
  'collection_method',
];

const update = endpoint(invoiceChanges, async ({ tx, params, id, origin }) => {
  const before = await findOr404(tx, 'invoice', id);
  const named = Object.entries(params).filter(([, value]) => value !== undefined);
  const fixed = named.find(([name]) => !AFTER_FINALIZATION.includes(name));
  if (before.status !== 'draft' && fixed) {
    throw invalidRequest("Finalized invoices can't be updated in this way", fixed[0], 'invoice_not_editable');
  }
  const billing = await billingFor(tx, origin, before.test_clock as string | null);
  const fields = { ...changedFields(before, params, billing.now), ...(await storedFields(billing, before, params)) };
  if (before.status === 'draft') return editDraft(billing, before, fields);
  const { auto_advance, metadata, default_payment_method = before.default_payment_method, payment_settings } = fields;
  const after: Invoice = { ...before, ...(payment_settings && { payment_settings }), default_payment_method };
  const changed: Invoice = { ...after, auto_advance: auto_advance ?? false, metadata: metadata ?? {} };
  await tx.objects.save(changed);
  await tx.events.record('invoice.updated', changed, before);
  return changed;
});

const remove = deleting('invoice', async (tx, invoice) => {
  if (invoice.status !== 'draft') throw invalidRequest('You can only delete draft invoices.');
  if (subscriptionIdOf(invoice) !== undefined) {
    throw invalidRequest("You can't delete invoices created by subscriptions.");
  }
  await releaseItems(tx, invoice);
  await tx.timers.setFor('invoice_due', invoice.id, undefined, '');
  await tx.events.record('invoice.deleted', invoice);
});

/** Its items go with it. */
async function releaseItems({ objects }: Tx, { id }: Invoice): Promise<void> {
  for (const item of await objects.list('invoiceitem', { limit: -1, where: { invoice: id } }))
    await objects.remove(item.id);
}

const filters = shape({
  ...pageParams,
  collection_method: optional(oneOf('charge_automatically', 'send_invoice')),
  created,
  customer: optional(text),
  status: optional(oneOf('draft', 'open', 'paid', 'uncollectible', 'void')),
  subscription: optional(text),
});

const listAll = endpoint(filters, async ({ tx, params, path }) => {
  const { collection_method, customer, status, subscription, ...rest } = params;
  if (customer !== undefined && !(await tx.objects.find('customer', customer))) {
    if (!(await tx.objects.find('deleted_customer', customer))) throw noSuch('customer', customer, 'customer');
  }
  const where = { 'parent.subscription_details.subscription': subscription, collection_method, customer, status };
  return page(tx, 'invoice', path, { ...rest, where });
});

/** All lines in one page of at most a hundred. */
const listLines = endpoint(
  shape(pageParams),
  async ({ tx, params: { limit = 10, starting_after: after }, id, path }) => {
    const { lines } = await findOr404(tx, 'invoice', id);
    const from = after === undefined ? 0 : lines.data.findIndex((line) => line.id === after) + 1;
    const data = lines.data.slice(from, from + limit);
    return { object: 'list', data, has_more: from + limit < lines.data.length, url: path };
  },
);

export function invoiceRoutes(api: ApiRouter): void {
  api.post('/invoices', create);
  api.post('/invoices/create_preview', createPreview);
  api.get('/invoices', listAll);
  api.get('/invoices/search', searching('invoice'));
  api.getOrMake('/invoices/upcoming', retrieveUpcoming);
  api.getOrMake('/invoices/upcoming/lines', listUpcomingLines);
  api.get('/invoices/:id', retrieving('invoice'));
  api.post('/invoices/:id', update);
  api.delete('/invoices/:id', remove);
  api.get('/invoices/:id/lines', listLines);
  api.post('/invoices/:id/lines/:nested', updateLine);
  api.post('/invoices/:id/add_lines', addLines);
  api.post('/invoices/:id/update_lines', updateLines);
  api.post('/invoices/:id/remove_lines', removeLines);
  api.post('/invoices/:id/attach_payment', attachPayment);
  api.post('/invoices/:id/finalize', finalizeOne);
  api.post('/invoices/:id/pay', payOne);
  api.post('/invoices/:id/send', sendOne);
  api.post('/invoices/:id/void', voidOne);
  api.post('/invoices/:id/mark_uncollectible', markOne);
}
