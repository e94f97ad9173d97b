import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import {
  boolean,
  changeMetadata,
  emptyable,
  metadata,
  optional,
  shape,
  text,
  type Reader,
} from '../conventions/params/index.js';
import { invalidRequest } from '../conventions/errors.js';
import type { TaxRate } from '../model/wire.js';
import { findOr404, retrieving } from './reading.js';

/** Percent with at most four decimals, from 0 to 100. */
const percentage: Reader<number> = (raw, param) => {
  const value = typeof raw === 'string' && /^\d{1,3}(\.\d{1,4})?$/.test(raw) ? Number(raw) : NaN;
  if (!(value <= 100)) throw invalidRequest('Invalid percentage: from 0 to 100, with at most four decimals', param);
  return value;
};

const changeable = {
  active: optional(boolean),
  country: optional(emptyable(text)),
  description: optional(emptyable(text)),
  jurisdiction: optional(emptyable(text)),
  metadata: optional(metadata),
  state: optional(emptyable(text)),
  tax_type: optional(text),
};

const creation = shape({ ...changeable, display_name: text, inclusive: boolean, percentage });

const create = endpoint(creation, async ({ tx, params }) => {
  const rate: TaxRate = {
    id: newId('taxRate'),
    object: 'tax_rate',
    active: params.active ?? true,
    country: params.country ?? null,
    created: unixNow(),
    description: params.description ?? null,
    display_name: params.display_name,
    effective_percentage: null,
    flat_amount: null,
    inclusive: params.inclusive,
    jurisdiction: params.jurisdiction ?? null,
    jurisdiction_level: null,
    livemode: false,
    metadata: changeMetadata({}, params.metadata),
    percentage: params.percentage,
    rate_type: 'percentage',
    state: params.state ?? null,
    tax_type: params.tax_type ?? null,
  };
  await tx.objects.insert(rate);
  await tx.events.record('tax_rate.created', rate);
  return rate;
});

const update = endpoint(shape({ ...changeable, display_name: optional(text) }), async ({ tx, params, id }) => {
  const before = await findOr404(tx, 'tax_rate', id);
  const { metadata: asked, ...rest } = params;
  const mentioned = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const after: TaxRate = { ...before, ...mentioned, metadata: changeMetadata(before.metadata ?? {}, asked) };
  await tx.objects.save(after);
  await tx.events.record('tax_rate.updated', after, before);
  return after;
});

const filters = shape({ ...pageParams, active: optional(boolean), created, inclusive: optional(boolean) });

const listAll = endpoint(filters, ({ tx, params: { active, inclusive, ...rest }, path }) =>
  page(tx, 'tax_rate', path, { ...rest, where: { active, inclusive } }),
);

export function taxRateRoutes(api: ApiRouter): void {
  api.post('/tax_rates', create);
  api.get('/tax_rates', listAll);
  api.get('/tax_rates/:id', retrieving('tax_rate'));
  api.post('/tax_rates/:id', update);
}
