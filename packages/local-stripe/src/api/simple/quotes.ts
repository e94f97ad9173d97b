import type { ApiRouter } from '../../conventions/api-router.js';
import { endpoint } from '../../conventions/endpoint.js';
import { invalidRequest, noSuch } from '../../conventions/errors.js';
import {
  changeMetadata,
  integer,
  list,
  metadata,
  optional,
  shape,
  text,
  type ValueOf,
} from '../../conventions/params/index.js';
import { unixNow } from '../../model/clock.js';
import { newId } from '../../model/ids.js';
import type { EventType, Quote } from '../../model/wire.js';
import type { Tx } from '../../state/store.js';
import { mustBeCustomer } from '../intent-methods.js';
import { findOr404 } from '../reading.js';
import { simpleRoutes } from './resource.js';

const VALID_S = 30 * 24 * 60 * 60;

const newOne = shape({
  customer: optional(text),
  description: optional(text),
  expires_at: optional(integer()),
  footer: optional(text),
  header: optional(text),
  line_items: optional(list(shape({ price: text, quantity: optional(integer({ min: 1 })) }))),
  metadata: optional(metadata),
});

/** Quotes: drafted, finalized, canceled and accepted. What is accepted makes no subscription and no invoice here. */
export function quoteRoutes(api: ApiRouter): void {
  simpleRoutes(api, {
    kind: 'quote',
    path: '/quotes',
    params: newOne,
    make: draft,
    events: { created: 'quote.created' },
  });
  api.post('/quotes/:id/finalize', move('draft', 'open', 'quote.finalized'));
  api.post('/quotes/:id/accept', move('open', 'accepted', 'quote.accepted'));
  api.post('/quotes/:id/cancel', cancel);
}

async function draft(tx: Tx, said: ValueOf<typeof newOne>): Promise<Quote> {
  await mustBeCustomer(tx, said.customer);
  const { amount, currency } = await totalOf(tx, said.line_items ?? []);
  const details = { amount_discount: 0, amount_shipping: 0, amount_tax: 0 };
  return {
    id: newId('quote'),
    object: 'quote',
    amount_subtotal: amount,
    amount_total: amount,
    application: null,
    application_fee_amount: null,
    application_fee_percent: null,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    collection_method: 'charge_automatically',
    computed: { recurring: null, upfront: { amount_subtotal: amount, amount_total: amount, total_details: details } },
    created: unixNow(),
    currency,
    customer: said.customer ?? null,
    customer_account: null,
    default_tax_rates: [],
    description: said.description ?? null,
    discounts: [],
    expires_at: said.expires_at ?? unixNow() + VALID_S,
    footer: said.footer ?? null,
    from_quote: null,
    header: said.header ?? null,
    invoice: null,
    invoice_settings: { days_until_due: null, issuer: { type: 'self' } },
    livemode: false,
    metadata: changeMetadata({}, said.metadata),
    number: null,
    on_behalf_of: null,
    status: 'draft',
    status_transitions: { accepted_at: null, canceled_at: null, finalized_at: null },
    subscription: null,
    subscription_data: { description: null, effective_date: null, metadata: null, trial_period_days: null },
    subscription_schedule: null,
    test_clock: null,
    total_details: details,
    transfer_data: null,
  } as unknown as Quote;
}

async function totalOf(
  { objects }: Tx,
  items: Array<{ price: string; quantity: number | undefined }>,
): Promise<{ amount: number; currency: string | null }> {
  let amount = 0;
  let currency: string | null = null;
  for (const [index, { price: id, quantity = 1 }] of items.entries()) {
    const price = await objects.find('price', id);
    if (!price) throw noSuch('price', id, `line_items[${index}][price]`);
    amount += (price.unit_amount ?? 0) * quantity;
    currency = price.currency;
  }
  return { amount, currency };
}

const MOMENTS = { accepted: 'accepted_at', canceled: 'canceled_at', open: 'finalized_at' } as const;

const move = (from: string, to: keyof typeof MOMENTS, event: EventType) =>
  endpoint(shape({ expires_at: optional(integer()) }), async ({ tx, id }) => {
    const before = await findOr404(tx, 'quote', id);
    if (before.status !== from) throw wrongStatus(before, from);
    return moved(tx, before, to, event);
  });

const cancel = endpoint(shape({}), async ({ tx, id }) => {
  const before = await findOr404(tx, 'quote', id);
  if (before.status !== 'draft' && before.status !== 'open') throw wrongStatus(before, 'draft or open');
  return moved(tx, before, 'canceled', 'quote.canceled');
});

const wrongStatus = ({ status }: Quote, wanted: string) =>
  invalidRequest(`This quote is ${status}; only one that is ${wanted} can be changed so.`);

async function moved(tx: Tx, before: Quote, status: keyof typeof MOMENTS, event: EventType): Promise<Quote> {
  const status_transitions = { ...before.status_transitions, [MOMENTS[status]]: unixNow() };
  const after: Quote = { ...before, number: before.number ?? `QT-${before.id.slice(-8)}`, status, status_transitions };
  await tx.objects.save(after);
  await tx.events.record(event, after);
  return after;
}
