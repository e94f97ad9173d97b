import type { Call, Json } from './calls.js';

const LISTS = [
  '/v1/subscriptions?status=all',
  '/v1/invoices',
  '/v1/invoiceitems',
  '/v1/charges',
  '/v1/refunds',
  '/v1/payment_intents',
  '/v1/subscription_schedules',
  '/v1/tax_rates',
] as const;

export interface History {
  /** Oldest first. */
  events: Json[];
  customer: Json;
  /** The customer's objects by list, the oldest first. */
  objects: Record<(typeof LISTS)[number] | 'balance', Json[]>;
}

/** Everything that happened on a server, and what is there at the end. */
export async function historyOf(call: Call, customer: string): Promise<History> {
  const objects = {} as History['objects'];
  for (const list of LISTS) objects[list] = await all(call, list);
  objects.balance = await all(call, `/v1/customers/${customer}/balance_transactions`);
  const { body } = await call('GET', `/v1/customers/${customer}`);
  const events = (await all(call, '/v1/events')).filter(({ type }) => !String(type).startsWith('test_helpers.'));
  return { events, customer: body ?? {}, objects };
}

async function all(call: Call, list: string): Promise<Json[]> {
  const [path = '', query = ''] = list.split('?');
  const filters = Object.fromEntries(new URLSearchParams(query));
  const found: Json[] = [];
  for (;;) {
    const after = found.at(-1)?.['id'];
    const { status, body } = await call('GET', path, {
      ...filters,
      limit: '100',
      ...(after !== undefined && { starting_after: String(after) }),
    });
    if (status !== 200) throw new Error(`${list} answered ${status}: ${JSON.stringify(body)}`);
    found.push(...(body?.['data'] as Json[]));
    if (body?.['has_more'] !== true) return found.toReversed();
  }
}

/** Random values besides ids. */
const RANDOM = new Set([
  'number',
  'invoice_prefix',
  'order_reference',
  'fingerprint',
  'hosted_invoice_url',
  'invoice_pdf',
  'receipt_url',
  'request',
]);
const CARD_RANDOM = new Set([
  'network_transaction_id',
  'authorization_code',
  'receipt_number',
  'client_secret',
  'arn',
  'reference',
]);
const ID = /\b(?:[a-z]+_){1,2}(?=[a-z]*[0-9A-Z])[0-9A-Za-z]{10,}(?:_secret_[0-9A-Za-z]+)?\b/g;

/** A history whose ids are numbers in the order of their appearance, so that two runs can be compared. */
export function withoutIds(history: History, answers: readonly string[]): Json {
  const names = new Map<string, string>();
  const named = (id: string): string => {
    const known = names.get(id);
    if (known !== undefined) return known;
    const name = `${id.slice(0, id.lastIndexOf('_'))}#${names.size + 1}`;
    names.set(id, name);
    return name;
  };
  const text = JSON.stringify({ answers, ...history }, (key, value: unknown) => {
    if (RANDOM.has(key) || CARD_RANDOM.has(key)) return value === null ? null : 'random';
    return typeof value === 'string' ? value.replaceAll(ID, named) : value;
  });
  return JSON.parse(text) as Json;
}
