import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { page, pageParams, type Page } from '../conventions/lists.js';
import { changeMetadata, shape, optional } from '../conventions/params/index.js';
import { billingFor, NO_ORIGIN } from '../billing/billing.js';
import { inOrder } from '../billing/event-order.js';
import type { EventType, LineItem, Quote } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { accept } from './accept-quote.js';
import { bareQuote, changedQuote } from './new-quote.js';
import { newQuoteParams, quoteChanges, quoteFilters } from './quote-params.js';
import { findOr404, retrieving } from './reading.js';
import { moment } from './subscription-params.js';

const create = endpoint(newQuoteParams, async ({ tx, params }) => {
  const { from_quote: from, test_clock: clock, ...said } = params;
  const copied = from && (await tx.objects.find('quote', from.quote));
  if (from && !copied) throw noSuch('quote', from.quote, 'from_quote[quote]');
  const bare = await bareQuote(tx, said.customer, clock);
  const quote = copied
    ? { ...copied, ...identityOf(bare), from_quote: { is_revision: false, quote: copied.id } }
    : bare;
  await tx.objects.insert(quote);
  const lineItems = copied ? (await tx.objects.notes('quote', copied.id)).lineItems : [];
  await tx.objects.note('quote', quote.id, { lineItems });
  const made = await changedQuote(tx, quote, said);
  await tx.objects.save(made);
  await tx.events.record('quote.created', made);
  return made;
});

/** What a copy has of its own. */
const identityOf = ({ id, created, expires_at, invoice, number, status, status_transitions }: Quote) => ({
  id,
  created,
  expires_at,
  invoice,
  number,
  status,
  status_transitions,
  subscription: null,
  subscription_schedule: null,
});

const update = endpoint(quoteChanges, async ({ tx, id, params }) => {
  const before = await findOr404(tx, 'quote', id);
  const { expires_at, metadata, ...others } = params;
  const fixed = Object.entries(others).find(([, value]) => value !== undefined);
  if (before.status !== 'draft' && fixed) {
    throw invalidRequest(`This quote is ${before.status}; only a draft can be changed so.`, fixed[0]);
  }
  const after =
    before.status === 'draft'
      ? await changedQuote(tx, before, params)
      : {
          ...before,
          expires_at: expires_at ?? before.expires_at,
          metadata: changeMetadata(before.metadata, metadata),
        };
  await tx.objects.save(after);
  return after;
});

async function move(tx: Tx, before: Quote, change: Partial<Quote>, event: EventType): Promise<Quote> {
  const after: Quote = { ...before, ...change };
  await tx.objects.save(after);
  await tx.events.record(event, after);
  return after;
}

function mustBe({ status }: Quote, ...wanted: string[]): void {
  if (wanted.includes(String(status))) return;
  throw invalidRequest(`This quote is ${status}; only one that is ${wanted.join(' or ')} can be changed so.`);
}

const timeOf = async (tx: Tx, { test_clock: clock }: Quote): Promise<number> =>
  (await billingFor(tx, NO_ORIGIN, clock as string | null)).now;

const finalize = endpoint(shape({ expires_at: optional(moment) }), async ({ tx, id, params }) => {
  const before = await findOr404(tx, 'quote', id);
  mustBe(before, 'draft');
  const { lineItems } = await tx.objects.notes('quote', id);
  if (lineItems.length === 0) throw invalidRequest('A quote must have line items to be finalized.');
  if (before.customer === null) throw invalidRequest('A quote must have a customer to be finalized.');
  const { prefix, count } = await numberOf(tx, before);
  const change = {
    expires_at: params.expires_at ?? before.expires_at,
    number: `QT-${prefix}-${count}-1`,
    status: 'open' as const,
    status_transitions: { ...before.status_transitions, finalized_at: await timeOf(tx, before) },
  };
  return move(tx, before, change, 'quote.finalized');
});

async function numberOf({ objects }: Tx, { customer: of }: Quote): Promise<{ prefix: string; count: string }> {
  const customer = String(of);
  const { invoice_prefix: prefix } = await objects.get('customer', customer);
  const others = await objects.list('quote', { limit: -1, where: { customer } });
  const count = others.filter(({ number }) => number !== null).length + 1;
  return { prefix: prefix ?? '', count: String(count).padStart(4, '0') };
}

const acceptOne = endpoint(shape({}), async ({ tx, id, origin }) => {
  const before = await findOr404(tx, 'quote', id);
  mustBe(before, 'open');
  const billing = await billingFor(tx, origin, before.test_clock as string | null);
  if (before.expires_at <= billing.now) throw invalidRequest('This quote has expired.');
  const customer = await tx.objects.find('customer', String(before.customer));
  if (!customer) throw noSuch('customer', String(before.customer), 'customer');
  return inOrder(billing, 'asMade', async () => {
    const made = await accept(billing, before, customer);
    const status_transitions = { ...before.status_transitions, accepted_at: billing.now };
    return move(tx, before, { ...made, status: 'accepted', status_transitions }, 'quote.accepted');
  });
});

const cancel = endpoint(shape({}), async ({ tx, id }) => {
  const before = await findOr404(tx, 'quote', id);
  mustBe(before, 'draft', 'open');
  const status_transitions = { ...before.status_transitions, canceled_at: await timeOf(tx, before) };
  return move(tx, before, { status: 'canceled', status_transitions }, 'quote.canceled');
});

const listAll = endpoint(shape({ ...pageParams, ...quoteFilters }), ({ tx, params, path }) => {
  const { customer, status, test_clock, ...rest } = params;
  return page(tx, 'quote', path, { ...rest, where: { customer, status, test_clock } });
});

const listItems = endpoint(shape(pageParams), async ({ tx, id, path }): Promise<Page<LineItem>> => {
  await findOr404(tx, 'quote', id);
  const { lineItems: data } = await tx.objects.notes('quote', id);
  return { object: 'list', data, has_more: false, url: path };
});

export function quoteRoutes(api: ApiRouter): void {
  api.post('/quotes', create);
  api.get('/quotes', listAll);
  api.get('/quotes/:id', retrieving('quote'));
  api.post('/quotes/:id', update);
  api.post('/quotes/:id/finalize', finalize);
  api.post('/quotes/:id/accept', acceptOne);
  api.post('/quotes/:id/cancel', cancel);
  api.get('/quotes/:id/line_items', listItems);
  api.get('/quotes/:id/computed_upfront_line_items', listItems);
}
