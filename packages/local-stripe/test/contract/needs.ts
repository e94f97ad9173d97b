import { call, type Answer } from './client.js';
import { type Bindings, isPlaceholder } from './placeholders.js';
import type { Scenario } from './recordings.js';

type Facts = Record<string, unknown>;

/** Makes one kind of needed object; answers its id, or undefined where it cannot be made. */
type Maker = (world: World, facts: Facts, id: string | undefined) => Promise<string | undefined>;

interface World {
  url: string;
  calls: Scenario['calls'];
  bindings: Bindings;
}

/** In this order, since prices need their products, and charges the payments that they belong to. */
const MAKERS: Array<[kind: string, make: Maker]> = [
  ['product', (world, { active, type }, id) => made(world, 'products', { id, active, type, name: 'Needed' })],
  ['coupon', (world, facts, id) => made(world, 'coupons', { ...facts, id, object: undefined })],
  ['plan', makePrice],
  ['price', makePrice],
  ['customer', makeCustomer],
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
  const world: World = { url, bindings, calls: scenario.calls };
  const needs = Object.entries(scenario.needs ?? {}).filter(
    ([name]) => isUsedWell(scenario, name) && !isMade(scenario, name),
  );
  const missing = new Set(needs.map(([name]) => name));
  for (const [kind, make] of MAKERS) {
    for (const [name, seen] of needs) {
      if (kindOfNeed(scenario, name, seen) !== kind) continue;
      const facts = { ...seen, ...startOf(scenario, name, seen) };
      const id = await make(world, facts, isPlaceholder(name) ? undefined : name);
      if (id === undefined) continue;
      if (isPlaceholder(name)) bindings.bind(name, id);
      missing.delete(name);
    }
  }
  return [...missing, ...redacted(scenario)];
}

/** Ids that the recording hides. */
function redacted({ calls }: Scenario): string[] {
  const hidden = calls.some(({ params }) => params['payment_method'] === 'text' || params['customer'] === 'text');
  return hidden ? ['a hidden id'] : [];
}

/** Whether a call of the scenario itself makes what has this literal id. */
const isMade = ({ calls }: Scenario, name: string): boolean => {
  const first = calls.find(({ path, params }) => path.endsWith(`/${name}`) || Object.values(params).includes(name));
  return first?.method === 'POST' && first.params['id'] === name;
};

function kindOfNeed({ calls }: Scenario, name: string, facts: Facts): string | undefined {
  if (typeof facts['object'] === 'string') return facts['object'];
  const isPlan = calls.some(({ path, params }) => path === `/v1/plans/${name}` || params['plan'] === name);
  return isPlan ? 'plan' : KINDS[/^\{([a-z]+)_/.exec(name)?.[1] ?? ''];
}

/** Whether a call succeeded that names it: only then it existed. */
function isUsedWell({ calls, needs }: Scenario, name: string): boolean {
  if (Object.keys(needs?.[name] ?? {}).length > 0) return true;
  const uses = calls.filter(({ path, params }) => [path, ...Object.values(params).flat()].join(' ').includes(name));
  return uses.some(({ status }) => status < 400);
}

/** How a Payment Intent must be for the first call that is about it. */
function startOf({ calls }: Scenario, name: string, { object, status }: Facts): Facts {
  if (object !== 'payment_intent' || status === 'requires_action') return {};
  const [, step] = calls.map(({ path }) => path.split(`${name}/`)).find((parts) => parts.length > 1) ?? [];
  if (step === 'capture') return { status: 'requires_capture', capture_method: 'manual' };
  return step === 'confirm' ? { status: 'requires_confirmation' } : {};
}

async function makePrice(world: World, facts: Facts, id: string | undefined): Promise<string | undefined> {
  const product = await productOf(world, facts['product']);
  const { amount = facts['unit_amount'], currency, interval, interval_count, recurring, tax_behavior } = facts;
  if (facts['object'] === 'plan' || id !== undefined) {
    const plan = {
      id,
      amount: amount ?? 1000,
      currency: currency ?? 'usd',
      interval: interval ?? 'month',
      interval_count,
    };
    return made(world, 'plans', { ...plan, product });
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

/** Test cards by their last digits. */
const NUMBERS: Record<string, string> = Object.fromEntries(
  [
    '4000000000000341 4000000000000002 5555555555554444 4000000000000101 4000000000000036 4000000000000119',
    '4000000000009995 4000000000000069 4000003560000123 4000002760003184 4000002500003155 378282246310005',
  ]
    .flatMap((numbers) => numbers.split(' '))
    .map((number) => [number.slice(-4), number]),
);

const numberOf = (card: unknown): string =>
  NUMBERS[String((card as { last4?: string } | undefined)?.last4)] ?? '4242424242424242';

function makeCustomer(world: World, { balance }: Facts, id: string | undefined): Promise<string | undefined> {
  const isCharged = world.calls.some(
    ({ method, path, params }) => method === 'POST' && path === '/v1/charges' && !params['source'],
  );
  // Whoever is billed without more ado had a card, though no call of the scenario shows it.
  const isBilled = world.calls.some(
    ({ method, path, status, values }) =>
      method === 'POST' && path.endsWith('/subscriptions') && status === 200 && values?.['status'] === '=active',
  );
  const someone = {
    email: 'jenny.rosen@example.com',
    name: 'Jenny Rosen',
    ...((isCharged || isBilled) && { source: 'tok_visa' }),
  };
  return made(world, 'customers', { id, ...someone, balance: balance === 0 ? undefined : balance });
}

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
    customer: world.bindings.get('{cus_1}'),
    ...(status === 'requires_action' && { confirm: true, payment_method: 'pm_card_threeDSecure2Required' }),
    ...(status === 'requires_confirmation' && { payment_method: 'pm_card_visa' }),
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
