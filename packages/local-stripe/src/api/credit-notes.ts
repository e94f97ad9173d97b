import type { Tx } from '../state/store.js';
import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import {
  changeMetadata,
  integer,
  list,
  metadata,
  oneOf,
  optional,
  shape,
  text,
  type ValueOf,
} from '../conventions/params/index.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { billingFor, NO_ORIGIN, type Billing } from '../billing/billing.js';
import { createCreditNote, type CreditNoteData, type CreditNoteLine } from '../billing/credit-note.js';
import { inOrder } from '../billing/event-order.js';
import { tryOut } from '../billing/preview.js';
import { formatAmount } from '../model/money.js';
import type { CreditNote, Invoice } from '../model/wire.js';
import { findOr404, retrieving } from './reading.js';
import { moment } from './subscription-params.js';

const amount = optional(integer({ min: 0 }));

const line = shape({
  amount,
  description: optional(text),
  invoice_line_item: optional(text),
  quantity: optional(integer({ min: 0 })),
  type: oneOf('custom_line_item', 'invoice_line_item'),
  unit_amount: optional(integer()),
});

const creation = shape({
  amount,
  credit_amount: amount,
  effective_at: optional(moment),
  email_type: optional(oneOf('credit_note', 'none')),
  invoice: text,
  lines: optional(list(line)),
  memo: optional(text),
  metadata: optional(metadata),
  out_of_band_amount: amount,
  reason: optional(oneOf('duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory')),
  refund_amount: amount,
});

type Creation = ValueOf<typeof creation>;

async function make(tx: Tx, params: Creation, origin: string): Promise<CreditNote> {
  const invoice = await tx.objects.find('invoice', params.invoice);
  if (!invoice) throw noSuch('invoice', params.invoice, 'invoice');
  const billing = await billingFor(tx, origin, invoice.test_clock as string | null);
  return inOrder(billing, 'asMade', () => createCreditNote(billing, invoice, dataOf(invoice, params)));
}

function dataOf(invoice: Invoice, params: Creation): CreditNoteData {
  if (invoice.status !== 'open' && invoice.status !== 'paid') {
    throw invalidRequest(
      `You can only create a credit note for an invoice that is open or paid; this one is ${invoice.status}.`,
      'invoice',
    );
  }
  const lines = params.lines
    ? params.lines.map((each) => lineOf(invoice, each))
    : [wholeLine(params.amount ?? partsOf(params))];
  const total = lines.reduce((sum, each) => sum + each.amount, 0);
  const most =
    invoice.status === 'open' ? invoice.amount_remaining : invoice.total - invoice.post_payment_credit_notes_amount;
  if (total < 1 || total > most) {
    const [asked, left] = [total, most].map((value) => formatAmount(value, invoice.currency));
    throw invalidRequest(
      `The credit note's amount (${asked}) must be above 0 and at most what is left of the invoice (${left}).`,
      'amount',
    );
  }
  const { credit_amount: toBalance = 0, refund_amount: toRefund = 0, out_of_band_amount: outside = 0 } = params;
  if (invoice.status === 'paid' && toBalance + toRefund + outside !== total) {
    throw invalidRequest(
      'The sum of credit amount, refund amount and out of band amount must equal the post payment credit note amount.',
      'amount',
    );
  }
  if (invoice.status === 'open' && toBalance + toRefund + outside > 0) {
    throw invalidRequest(
      'An open invoice is not paid: nothing of it can be refunded or credited to the balance.',
      'refund_amount',
    );
  }
  const { memo = null, reason = null } = params;
  return { lines, toBalance, toRefund, outside, memo, reason, metadata: changeMetadata({}, params.metadata) };
}

const partsOf = ({
  credit_amount: credit = 0,
  refund_amount: back = 0,
  out_of_band_amount: outside = 0,
}: Creation): number => credit + back + outside;

const wholeLine = (total: number): CreditNoteLine => ({ amount: total, description: null, quantity: null });

function lineOf(invoice: Invoice, asked: ValueOf<typeof line>): CreditNoteLine {
  const { quantity = null, unit_amount: unit } = asked;
  if (asked.type === 'custom_line_item') {
    const own = asked.amount ?? (unit ?? 0) * (quantity ?? 1);
    return { amount: own, description: asked.description ?? null, quantity: quantity ?? 1 };
  }
  const credited = invoice.lines.data.find(({ id }) => id === asked.invoice_line_item);
  if (!credited) throw noSuch('invoice line item', asked.invoice_line_item ?? '', 'lines[0][invoice_line_item]');
  const share =
    quantity === null ? credited.amount : Math.round((credited.amount * quantity) / (credited.quantity ?? 1));
  return {
    amount: asked.amount ?? share,
    description: credited.description,
    invoiceLine: credited.id,
    quantity: quantity ?? credited.quantity,
  };
}

const update = endpoint(shape({ memo: optional(text), metadata: optional(metadata) }), async ({ tx, params, id }) => {
  const before = await findOr404(tx, 'credit_note', id);
  const { memo = before.memo } = params;
  const after: CreditNote = { ...before, memo, metadata: changeMetadata(before.metadata ?? {}, params.metadata) };
  await tx.objects.save(after);
  await tx.events.record('credit_note.updated', after, before);
  return after;
});

/** Only what lowered an open invoice can be taken back (T). */
const voidOne = endpoint(shape({}), async ({ tx, id }) => {
  const before = await findOr404(tx, 'credit_note', id);
  const invoice = await tx.objects.get('invoice', String(before.invoice));
  if (before.status === 'void' || before.type !== 'pre_payment' || invoice.status !== 'open') {
    throw invalidRequest('You can only void a credit note whose invoice is open.');
  }
  const billing: Billing = await billingFor(tx, NO_ORIGIN, invoice.test_clock as string | null);
  const voided: CreditNote = { ...before, status: 'void', voided_at: billing.now };
  const raised: Invoice = {
    ...invoice,
    amount_due: invoice.amount_due + before.total,
    amount_remaining: invoice.amount_remaining + before.total,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount - before.total,
  };
  await tx.objects.save(voided);
  await tx.objects.save(raised);
  await tx.events.record('credit_note.voided', voided);
  await tx.events.record('invoice.updated', raised, invoice);
  return voided;
});

const filters = shape({ ...pageParams, created, customer: optional(text), invoice: optional(text) });

const listAll = endpoint(filters, ({ tx, params: { customer, invoice, ...rest }, path }) =>
  page(tx, 'credit_note', path, { ...rest, where: { customer, invoice } }),
);

const listLines = endpoint(shape(pageParams), async ({ tx, id, path }) => ({
  ...(await findOr404(tx, 'credit_note', id)).lines,
  url: path,
}));

export function creditNoteRoutes(api: ApiRouter): void {
  const create = endpoint(creation, ({ tx, params, origin }) => make(tx, params, origin));
  const preview = endpoint(creation, async ({ tx, params, origin }) => {
    const billing = await billingFor(tx, origin, null);
    return tryOut(billing, () => make(tx, params, origin));
  });
  api.post('/credit_notes', create);
  api.get('/credit_notes', listAll);
  api.get('/credit_notes/preview', preview);
  api.get('/credit_notes/:id', retrieving('credit_note'));
  api.post('/credit_notes/:id', update);
  api.get('/credit_notes/:id/lines', listLines);
  api.post('/credit_notes/:id/void', voidOne);
}
