import { endpoint } from '../conventions/endpoint.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import {
  changeMetadata,
  emptyable,
  list,
  metadata,
  oneOf,
  optional,
  shape,
  text,
} from '../conventions/params/index.js';
import { billingFor, NO_ORIGIN, type Billing } from '../billing/billing.js';
import { editDraft, withItemLine, withLines } from '../billing/edit-draft.js';
import { invoiceItemLine } from '../billing/invoice-lines.js';
import type { Invoice, InvoiceItem, InvoiceLine } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { changedItem } from './invoice-items.js';
import { itemFields, type InvoiceItemParams } from './invoice-params.js';
import { itemOf, priceOf } from './new-invoice-item.js';
import { findOr404 } from './reading.js';

const lineFields = { ...itemFields, metadata: optional(emptyable(metadata)) };
const invoiceMetadata = { invoice_metadata: optional(emptyable(metadata)) };

async function draftOf(tx: Tx, id: string): Promise<{ billing: Billing; draft: Invoice }> {
  const draft = await findOr404(tx, 'invoice', id);
  if (draft.status !== 'draft') {
    throw invalidRequest('Only draft invoices can have their lines changed.', undefined, 'invoice_not_editable');
  }
  return { draft, billing: await billingFor(tx, NO_ORIGIN, draft.test_clock as string | null) };
}

const noted = (draft: Invoice, said: Record<string, string> | null | undefined): Invoice =>
  said === undefined ? draft : { ...draft, metadata: said === null ? {} : changeMetadata(draft.metadata ?? {}, said) };

/** The item behind a line; undefined where it is the line of a subscription's period. */
export const itemOfLine = ({ parent }: InvoiceLine): string | undefined => {
  const id = parent?.invoice_item_details?.invoice_item ?? parent?.subscription_item_details?.invoice_item;
  return typeof id === 'string' ? id : undefined;
};

const added = shape({ lines: list(shape({ ...lineFields, invoice_item: optional(text) })), ...invoiceMetadata });

/** `POST /v1/invoices/:id/add_lines`: each line is an invoice item, new or one that waits. */
export const addLines = endpoint(added, async ({ tx, id, params: { invoice_metadata: said, lines } }) => {
  const { billing, draft } = await draftOf(tx, id);
  if (lines.length === 0) throw missingParameter('lines');
  let edited = noted(draft, said);
  for (const [index, line] of lines.entries()) {
    const item = await itemFor(billing, draft, line, `lines[${index}]`);
    edited = { ...edited, ...withItemLine(edited, item.id, invoiceItemLine(item)) };
  }
  return editDraft(billing, draft, edited);
});

async function itemFor(
  { tx, now }: Billing,
  { id, currency, customer: of }: Invoice,
  { invoice_item: waiting, metadata: said, ...line }: { invoice_item: string | undefined } & LineParams,
  param: string,
): Promise<InvoiceItem> {
  if (waiting !== undefined) {
    const item = await tx.objects.find('invoiceitem', waiting);
    if (!item || item.customer !== of) throw noSuch('invoiceitem', waiting, `${param}[invoice_item]`);
    if (item.invoice !== null) {
      throw invalidRequest(`The invoice item ${waiting} is on an invoice already.`, `${param}[invoice_item]`);
    }
    const attached = { ...item, invoice: id };
    await tx.objects.save(attached);
    return attached;
  }
  const asked = { ...line, metadata: said ?? undefined };
  const customer = await tx.objects.get('customer', String(of));
  const made = await itemOf(tx, asked, customer, await priceOf(tx, asked, currency), now);
  if (made.currency !== currency) {
    throw invalidRequest(`The line is in ${made.currency}, the invoice in ${currency}.`, `${param}[pricing][price]`);
  }
  const item: InvoiceItem = { ...made, invoice: id };
  await tx.objects.insert(item);
  await tx.events.record('invoiceitem.created', item);
  return item;
}

type LineParams = Omit<InvoiceItemParams, 'metadata'> & { metadata: Record<string, string> | null | undefined };

const updated = shape({ lines: list(shape({ ...lineFields, id: text })), ...invoiceMetadata });

/** `POST /v1/invoices/:id/update_lines` */
export const updateLines = endpoint(updated, async ({ tx, id, params: { invoice_metadata: said, lines } }) => {
  const { billing, draft } = await draftOf(tx, id);
  let edited = noted(draft, said);
  for (const [index, { id: line, ...params }] of lines.entries()) {
    edited = {
      ...edited,
      ...withLines(edited, await changedLines(billing, edited, line, params, `lines[${index}][id]`)),
    };
  }
  return editDraft(billing, draft, edited);
});

/** `POST /v1/invoices/:id/lines/:nested` */
export const updateLine = endpoint(shape(lineFields), async ({ tx, id, nested, params }) => {
  const { billing, draft } = await draftOf(tx, id);
  const lines = await changedLines(billing, draft, nested, params, 'line_item_id');
  const edited = await editDraft(billing, draft, withLines(draft, lines));
  return edited.lines.data.find((line) => line.id === nested) ?? {};
});

async function changedLines(
  { tx, now }: Billing,
  { customer, lines }: Invoice,
  id: string,
  { metadata: said, ...params }: LineParams,
  param: string,
): Promise<InvoiceLine[]> {
  const line = lines.data.find((each) => each.id === id);
  if (!line) throw noSuch('line item', id, param);
  const item = itemOfLine(line);
  const asked = { ...params, metadata: said ?? undefined };
  const fresh = item === undefined ? undefined : invoiceItemLine(await changedItem(tx, item, asked));
  const own = await tx.objects.get('customer', String(customer));
  const after = fresh ?? (await changedPeriodLine(tx, line, asked, { customer: own.id, now }));
  const noMetadata = said === null && { metadata: {} };
  return lines.data.map((each) => (each.id === id ? { ...after, ...noMetadata, id, invoice: each.invoice } : each));
}

/** Of a subscription's line the amount, texts and times can be set, for this invoice alone. */
async function changedPeriodLine(
  tx: Tx,
  line: InvoiceLine,
  params: InvoiceItemParams,
  { customer, now }: { customer: string; now: number },
): Promise<InvoiceLine> {
  const { discounts } = await itemOf(
    tx,
    { ...params, amount: 0 },
    await tx.objects.get('customer', customer),
    await tx.objects.get('price', String(line.pricing?.price_details?.price)),
    now,
  );
  return {
    ...line,
    amount: params.amount ?? line.amount,
    description: params.description ?? line.description,
    discountable: params.discountable ?? line.discountable,
    discounts: params.discounts === undefined ? line.discounts : discounts,
    metadata: changeMetadata(line.metadata, params.metadata),
    period: params.period ?? line.period,
    quantity: params.quantity ?? line.quantity,
  };
}

const removed = shape({
  lines: list(shape({ behavior: oneOf('delete', 'unassign'), id: text })),
  ...invoiceMetadata,
});

/** `POST /v1/invoices/:id/remove_lines`: their items are deleted, or wait for the next invoice again. */
export const removeLines = endpoint(removed, async ({ tx, id, params: { invoice_metadata: said, lines } }) => {
  const { billing, draft } = await draftOf(tx, id);
  for (const [index, { behavior, id: line }] of lines.entries()) {
    const found = draft.lines.data.find((each) => each.id === line);
    if (!found) throw noSuch('line item', line, `lines[${index}][id]`);
    const item = itemOfLine(found);
    if (item === undefined) {
      throw invalidRequest("The lines of a subscription's period cannot be removed.", `lines[${index}][id]`);
    }
    const before = await tx.objects.get('invoiceitem', item);
    if (behavior === 'unassign') await tx.objects.save({ ...before, invoice: null });
    else await tx.objects.remove(item);
    if (behavior === 'delete') await tx.events.record('invoiceitem.deleted', before);
  }
  const gone = lines.map((line) => line.id);
  const left = draft.lines.data.filter((line) => !gone.includes(line.id));
  return editDraft(billing, draft, { ...noted(draft, said), ...withLines(draft, left) });
});
