import { isPlaceholder } from '../placeholders.js';
import type { RecordedCall, RecordedValue, Scenario } from '../recordings.js';
import type { Facts } from './facts.js';
import { plain } from './sightings.js';

/** Objects made this many seconds before the scenario's first call, or earlier, were not made by it. */
const BEFORE_S = 5;

/** What makes products and prices. Where a scenario calls none of these, those that it lists were there before. */
const MAKE_PRICES = new Set(['/v1/products', '/v1/prices', '/v1/plans']);

/** Products and prices that a list shows and that were there before, with what the list says of them. */
export function listedBefore(scenario: Scenario): Array<[name: string, facts: Facts]> {
  const found = new Map<string, Facts>();
  for (const call of scenario.calls) {
    for (const { name, values } of earlierEntries(call, scenario)) {
      const kind = plain(values('object'));
      if (scenario.needs?.[name] !== undefined || found.has(name)) continue;
      if (kind === 'product') found.set(name, { object: kind, type: plain(values('type')), active: values('active') });
      if (kind === 'price') found.set(name, { object: kind, ...priceOf(values) });
    }
  }
  return [...found];
}

/** Plans with an id of their own that are read or deleted without being in `needs`, with what the answer says of them. */
export function plansRead({ calls }: Scenario): Record<string, Facts> {
  const found: Record<string, Facts> = {};
  for (const { path, status, values = {} } of calls) {
    const [, name] = /^\/v1\/plans\/([^/{]+)$/.exec(path) ?? [];
    if (name === undefined || status !== 200 || found[name] !== undefined) continue;
    const field = (key: string): RecordedValue | undefined => plain(values[key]);
    const interval_count = field('interval_count');
    found[name] = {
      object: 'plan',
      amount: field('amount'),
      currency: field('currency'),
      interval: field('interval'),
      interval_count,
    };
  }
  return found;
}

const priceOf = (values: (field: string) => RecordedValue | undefined): Facts => {
  const interval = plain(values('recurring.interval'));
  return {
    unit_amount: values('unit_amount'),
    currency: plain(values('currency')),
    product: values('product') ?? values('product.id'),
    active: values('active'),
    tax_behavior: plain(values('tax_behavior')),
    ...(interval !== undefined && {
      recurring: { interval, interval_count: values('recurring.interval_count') },
    }),
  };
};

/** Whether a list shows what was there before and cannot be made: invoices, payments, and the like. */
export const showsUnknown = (call: RecordedCall, scenario: Scenario, isBound: (name: string) => boolean): boolean =>
  earlierEntries(call, scenario).some(({ name }) => !isBound(name));

function earlierEntries(
  { method, values }: RecordedCall,
  { at, calls }: Scenario,
): Array<{
  name: string;
  values: (field: string) => RecordedValue | undefined;
}> {
  if (method !== 'GET' || values?.['object'] !== '=list') return [];
  const before = Date.parse(at) / 1000 - BEFORE_S;
  const makesPrices = calls.some((each) => each.method === 'POST' && MAKE_PRICES.has(each.path));
  const wasThere = (entry: string): boolean =>
    Number(values[`${entry}created`]) <= before ||
    (!makesPrices && ['price', 'product'].includes(String(plain(values[`${entry}object`]))));
  return Object.entries(values).flatMap(([path, name]) => {
    const entry = /^data\[\d+\]\.id$/.test(path) ? path.slice(0, -'id'.length) : undefined;
    if (entry === undefined || !isPlaceholder(name) || !wasThere(entry)) return [];
    return [{ name, values: (field: string) => values[entry + field] }];
  });
}
