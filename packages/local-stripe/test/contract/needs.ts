import { call, type Answer } from './client.js';
import { type Bindings, isPlaceholder } from './placeholders.js';
import type { Scenario } from './recordings.js';

type Facts = Record<string, unknown>;

/** Makes one kind of needed object; answers its id, or undefined where it cannot be made. */
type Maker = (world: World, facts: Facts, id: string | undefined) => Promise<string | undefined>;

interface World {
  url: string;
  bindings: Bindings;
}

/** In this order, since prices need their products, and charges the payments that they belong to. */
const MAKERS: Array<[kind: string, make: Maker]> = [
  ['product', (world, { active, type }, id) => made(world, 'products', { id, active, type, name: 'Needed' })],
  ['coupon', (world, { object: _, ...facts }, id) => made(world, 'coupons', { id, ...facts })],
  ['plan', makePrice],
  ['price', makePrice],
  ['customer', (world, { balance }) => made(world, 'customers', { balance: balance === 0 ? undefined : balance })],
  ['payment_method', makePaymentMethod],
  ['token', (world, { card }) => made(world, 'tokens', { card: { number: numberOf(card), ...EXPIRY } })],
  ['payment_intent', makePayment],
  ['charge', makeCharge],
];

const EXPIRY = { exp_month: 12, exp_year: 2040, cvc: 123 };

/** By prefix: the kind of a need of which no facts were seen. */
const KINDS: Record<string, string> = {
  cus: 'customer',
  pm: 'payment_method',
  prod: 'product',
  price: 'price',
  pi: 'payment_intent',
  ch: 'charge',
  tok: 'token',
};

/** Makes what the scenario needs and binds it. Answers the needs that could not be made. */
export async function makeNeeds(url: string, scenario: Scenario, bindings: Bindings): Promise<string[]> {
  const world = { url, bindings };
  const needs = Object.entries(scenario.needs ?? {}).filter(([name]) => isUsedWell(scenario, name));
  const missing = new Set(needs.map(([name]) => name));
  for (const [kind, make] of MAKERS) {
    for (const [name, facts] of needs) {
      if (kindOfNeed(name, facts) !== kind) continue;
      const id = await make(world, facts, isPlaceholder(name) ? undefined : name);
      if (id === undefined) continue;
      if (isPlaceholder(name)) bindings.bind(name, id);
      missing.delete(name);
    }
  }
  return [...missing];
}

const kindOfNeed = (name: string, facts: Facts): string | undefined =>
  typeof facts['object'] === 'string' ? facts['object'] : KINDS[/^\{([a-z]+)_/.exec(name)?.[1] ?? ''];

/** Whether a call succeeded that names it: only then it existed. */
function isUsedWell({ calls, needs }: Scenario, name: string): boolean {
  if (Object.keys(needs?.[name] ?? {}).length > 0) return true;
  const uses = calls.filter(({ path, params }) => [path, ...Object.values(params).flat()].join(' ').includes(name));
  return uses.some(({ status }) => status < 400);
}

async function makePrice(world: World, facts: Facts, id: string | undefined): Promise<string | undefined> {
  const product = await productOf(world, facts['product']);
  const { amount = facts['unit_amount'], currency, interval, interval_count, recurring, tax_behavior } = facts;
  if (facts['object'] === 'plan' || id !== undefined) {
    return made(world, 'plans', { id, amount, currency, interval, interval_count, product });
  }
  const { usage_type: _, ...period } = (recurring ?? {}) as Facts;
  return made(world, 'prices', {
    currency: currency ?? 'usd',
    unit_amount: amount ?? 1000,
    product,
    tax_behavior,
    ...(recurring === undefined ? {} : { recurring: period }),
  });
}

async function productOf(world: World, named: unknown): Promise<string | undefined> {
  const bound = isPlaceholder(named) ? world.bindings.get(named) : undefined;
  if (bound !== undefined) return bound;
  const id = await made(world, 'products', { name: 'Needed' });
  if (isPlaceholder(named) && id !== undefined) world.bindings.bind(named, id);
  return id;
}

const NUMBERS: Record<string, string> = {
  '0341': '4000000000000341',
  '0002': '4000000000000002',
  '4444': '5555555555554444',
};

const numberOf = (card: unknown): string =>
  NUMBERS[String((card as { last4?: string } | undefined)?.last4)] ?? '4242424242424242';

async function makePaymentMethod(world: World, { card, type }: Facts): Promise<string | undefined> {
  if (type !== undefined && type !== 'card') return undefined;
  return made(world, 'payment_methods', { type: 'card', card: { number: numberOf(card), ...EXPIRY } });
}

async function makePayment(world: World, facts: Facts): Promise<string | undefined> {
  const { amount = 1000, currency = 'usd', capture_method, status } = facts;
  const paid = status === 'succeeded' || status === 'requires_capture';
  return made(world, 'payment_intents', {
    amount,
    currency,
    capture_method,
    payment_method_types: ['card'],
    ...(paid && { confirm: true, payment_method: 'pm_card_visa' }),
  });
}

async function makeCharge(world: World, facts: Facts): Promise<string | undefined> {
  const intent = await makePayment(world, { ...facts, status: 'succeeded' });
  if (intent === undefined) return undefined;
  const { body } = await call(world.url, 'GET', `/v1/payment_intents/${intent}`, {});
  return typeof body?.['latest_charge'] === 'string' ? body['latest_charge'] : undefined;
}

async function made({ url }: World, resource: string, params: Facts): Promise<string | undefined> {
  const answer: Answer = await call(url, 'POST', `/v1/${resource}`, Object.fromEntries(flat(params)), {
    'stripe-version': '2024-06-20',
  });
  return answer.status === 200 ? String(answer.body?.['id']) : undefined;
}

function flat(value: unknown, name = ''): Array<[string, string]> {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object') return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, name ? `${name}[${key}]` : key));
}

