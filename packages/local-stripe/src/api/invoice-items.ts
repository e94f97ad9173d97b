import type { Tx } from '../state/store.js';
import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { boolean, changeMetadata, optional, shape, text } from '../conventions/params/index.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import { billingFor, NO_ORIGIN } from '../billing/billing.js';
import { useCurrency } from '../billing/create-subscription.js';
import { editDraft, withItemLine } from '../billing/edit-draft.js';
import { invoiceItemLine } from '../billing/invoice-lines.js';
import type { Invoice, InvoiceItem } from '../model/wire.js';
import { itemChanges, newItemParams, type InvoiceItemParams } from './invoice-params.js';
import { itemOf, priceOf } from './new-invoice-item.js';
import { mustFitCurrency } from './new-subscription.js';
import { deleting, findOr404, retrieving } from './reading.js';

const create = endpoint(newItemParams, async ({ tx, params }) => {
  const invoice = params.invoice === undefined ? undefined : await draftNamed(tx, params.invoice);
  const named = params.customer ?? (invoice && String(invoice.customer));
  if (named === undefined) throw missingParameter('customer');
  const customer = await tx.objects.find('customer', named);
  if (!customer) throw noSuch('customer', named, 'customer');
  const billing = await billingFor(tx, NO_ORIGIN, customer.test_clock as string | null);
  const price = await priceOf(tx, params, params.currency ?? invoice?.currency ?? customer.currency ?? 'usd');
  mustFitCurrency(customer, price.currency);
  await useCurrency(billing, customer, price.currency);
  const item = await itemOf(tx, params, customer, price, billing.now);
  const made: InvoiceItem = {
    ...item,
    invoice: invoice?.id ?? null,
    parent: await parentOf(tx, params.subscription),
  };
  await tx.objects.insert(made);
  await tx.events.record('invoiceitem.created', made);
  if (invoice) await editDraft(billing, invoice, withItemLine(invoice, made.id, invoiceItemLine(made)));
  return made;
});

async function draftNamed({ objects }: Tx, id: string): Promise<Invoice> {
  const invoice = await objects.find('invoice', id);
  if (!invoice) throw noSuch('invoice', id, 'invoice');
  if (invoice.status === 'draft') return invoice;
  throw invalidRequest('The invoice is no longer editable.', 'invoice', 'invoice_not_editable');
}

async function parentOf({ objects }: Tx, subscription: string | undefined): Promise<InvoiceItem['parent']> {
  if (subscription === undefined) return null;
  if (!(await objects.find('subscription', subscription))) throw noSuch('subscription', subscription, 'subscription');
  return { subscription_details: { subscription }, type: 'subscription_details' };
}

const update = endpoint(itemChanges, async ({ tx, params, id }) => {
  const { invoice: on, test_clock: clock } = await editable(tx, id);
  const after = await changedItem(tx, id, params);
  const invoice = on === null ? undefined : await tx.objects.find('invoice', String(on));
  const billing = await billingFor(tx, NO_ORIGIN, clock as string | null);
  if (invoice) await editDraft(billing, invoice, withItemLine(invoice, id, invoiceItemLine(after)));
  return after;
});

/** Changes an invoice item, and saves it; its line is for the caller. */
export async function changedItem(tx: Tx, id: string, params: InvoiceItemParams): Promise<InvoiceItem> {
  const before = await tx.objects.get('invoiceitem', id);
  const customer = await tx.objects.get('customer', String(before.customer));
  const hasPrice = [
    params.amount,
    params.price,
    params.pricing,
    params.price_data,
    params.unit_amount,
    params.unit_amount_decimal,
  ];
  const priceId = String(before.pricing?.price_details?.price);
  const price = hasPrice.some((value) => value !== undefined)
    ? await priceOf(tx, params, before.currency)
    : await tx.objects.get('price', priceId);
  const fresh = await itemOf(
    tx,
    { ...params, quantity: params.quantity ?? before.quantity },
    customer,
    price,
    before.date,
  );
  const after: InvoiceItem = {
    ...before,
    amount: params.amount ?? fresh.amount,
    description: params.description ?? before.description,
    discountable: params.discountable ?? before.discountable,
    discounts: params.discounts === undefined ? before.discounts : fresh.discounts,
    metadata: changeMetadata(before.metadata ?? {}, params.metadata),
    period: params.period ?? before.period,
    pricing: fresh.pricing,
    quantity: fresh.quantity,
    quantity_decimal: fresh.quantity_decimal,
    tax_rates: params.tax_rates === undefined ? before.tax_rates : fresh.tax_rates,
  };
  await tx.objects.save(after);
  return after;
}

async function editable(tx: Tx, id: string): Promise<InvoiceItem> {
  const item = await findOr404(tx, 'invoiceitem', id);
  if (item.invoice !== null) await draftNamed(tx, String(item.invoice));
  return item;
}

const remove = deleting('invoiceitem', async (tx, item) => {
  await editable(tx, item.id);
  const invoice = item.invoice === null ? undefined : await tx.objects.find('invoice', String(item.invoice));
  const billing = await billingFor(tx, NO_ORIGIN, item.test_clock as string | null);
  if (invoice) await editDraft(billing, invoice, withItemLine(invoice, item.id, undefined));
  await tx.events.record('invoiceitem.deleted', item);
});

const filters = shape({
  ...pageParams,
  created,
  customer: optional(text),
  invoice: optional(text),
  pending: optional(boolean),
});

const listAll = endpoint(filters, ({ tx, params: { customer, invoice, pending, ...rest }, path }) => {
  const waiting = pending === undefined ? undefined : pending ? null : { glob: '*' };
  return page(tx, 'invoiceitem', path, { ...rest, where: { customer, invoice: invoice ?? waiting } });
});

export function invoiceItemRoutes(api: ApiRouter): void {
  api.post('/invoiceitems', create);
  api.get('/invoiceitems', listAll);
  api.get('/invoiceitems/:id', retrieving('invoiceitem'));
  api.post('/invoiceitems/:id', update);
  api.delete('/invoiceitems/:id', remove);
}
