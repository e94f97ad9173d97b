import { call, CONNECTED_ACCOUNT, type Answer } from '../client.js';
import { type Bindings, isPlaceholder } from '../placeholders.js';
import type { Scenario, Shape } from '../recordings.js';
import type { Facts } from './facts.js';
import { sightingsOf } from './sightings.js';

/** Makes one kind of needed object; answers its id, or undefined where it cannot be made. */
export type Maker = (
  world: World,
  facts: Facts,
  /** Undefined where the need is a placeholder. */
  id: string | undefined,
  name: string,
) => Promise<string | undefined>;

export interface World {
  url: string;
  scenario: Scenario;
  calls: Scenario['calls'];
  shapes: Map<string, Shape>;
  /** Whether it is made on the connected account. */
  onAccount: boolean;
  bindings: Bindings;
}

const EXPIRY = { exp_month: 12, exp_year: 2040, cvc: 123 };

export function makeProduct(
  world: World,
  { active, type, features }: Facts,
  id: string | undefined,
): Promise<string | undefined> {
  const marketing = features === true ? { marketing_features: { 0: { name: 'Text' } } } : {};
  return made(world, 'products', { id, active, type, name: 'Needed', ...marketing });
}

export async function makePrice(world: World, facts: Facts, id: string | undefined): Promise<string | undefined> {
  const product = await productOf(world, facts['product']);
  const { amount = facts['unit_amount'], currency = 'usd', interval, interval_count, nickname, tax_behavior } = facts;
  if (facts['object'] === 'plan' || id !== undefined) {
    const period = { interval: interval ?? 'month', interval_count };
    const plan = await made(world, 'plans', { id, amount: amount ?? 1000, currency, nickname, ...period, product });
    // A plan is made without a tax behaviour; its price takes one.
    if (plan !== undefined && tax_behavior !== 'unspecified') await made(world, `prices/${plan}`, { tax_behavior });
    return plan;
  }
  const { usage_type: _, ...recurring } = (facts['recurring'] ?? {}) as Facts;
  const { active } = facts;
  const unit_amount = amount ?? 1000;
  return made(world, 'prices', { active, currency, unit_amount, product, nickname, tax_behavior, recurring });
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

export function makeCustomer(world: World, facts: Facts, id: string | undefined): Promise<string | undefined> {
  const { balance, lacksName, lacksEmail, lacksSource } = facts;
  const isCharged = world.calls.some(
    ({ method, path, params }) => method === 'POST' && path === '/v1/charges' && !params['source'],
  );
  // Whoever is billed without more ado had a card, though no call of the scenario shows it.
  const isBilled = world.calls.some(
    ({ method, path, status, values }) =>
      method === 'POST' && path.endsWith('/subscriptions') && status === 200 && values?.['status'] === '=active',
  );
  return made(world, 'customers', {
    id,
    ...(lacksEmail !== true && { email: 'jenny.rosen@example.com' }),
    ...(lacksName !== true && { name: 'Jenny Rosen' }),
    ...((isCharged || isBilled) && lacksSource !== true && { source: 'tok_visa' }),
    balance: balance === 0 ? undefined : balance,
  });
}

export async function makePaymentMethod(
  world: World,
  { card, type }: Facts,
  _id?: string,
  name = '',
): Promise<string | undefined> {
  if (type !== undefined && type !== 'card') return undefined;
  const method = await made(world, 'payment_methods', { type: 'card', card: { number: numberOf(card), ...EXPIRY } });
  const customer = world.bindings.get(String(defaultOf(world, name)));
  if (customer !== undefined) await made(world, `payment_methods/${method}/attach`, { customer });
  return method;
}

/** The customer whose default it becomes, though no call of the scenario attaches it. */
function defaultOf({ calls, scenario, shapes }: World, name: string): unknown {
  if (calls.some(({ path }) => path.endsWith(`${name}/attach`))) return undefined;
  const use = calls.find(
    ({ params, status }) =>
      status === 200 &&
      (params['default_payment_method'] === name || params['invoice_settings[default_payment_method]'] === name),
  );
  const [, , resource, id = ''] = use?.path.split('/') ?? [];
  return resource === 'customers' ? id : sightingsOf(scenario, shapes, id)[0]?.values['customer'];
}

export const makeToken: Maker = (world, { card }) =>
  made(world, 'tokens', { card: { number: numberOf(card), ...EXPIRY } });

export async function makePayment(world: World, facts: Facts): Promise<string | undefined> {
  const { amount = 1000, currency = 'usd', capture_method = 'automatic', status } = facts;
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

export async function makeCharge(world: World, facts: Facts): Promise<string | undefined> {
  const intent = await makePayment(world, { ...facts, status: 'succeeded' });
  if (intent === undefined) return undefined;
  const headers: Record<string, string> = world.onAccount ? { 'stripe-account': CONNECTED_ACCOUNT } : {};
  const { body } = await call(world.url, 'GET', `/v1/payment_intents/${intent}`, {}, headers);
  return typeof body?.['latest_charge'] === 'string' ? body['latest_charge'] : undefined;
}

export async function made({ url, onAccount }: World, resource: string, params: Facts): Promise<string | undefined> {
  const answer: Answer = await call(url, 'POST', `/v1/${resource}`, Object.fromEntries(flat(params)), {
    'stripe-version': '2024-06-20',
    ...(onAccount && { 'stripe-account': CONNECTED_ACCOUNT }),
  });
  return answer.status === 200 ? String(answer.body?.['id']) : undefined;
}

function flat(value: unknown, name = ''): Array<[string, string]> {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object') return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, name ? `${name}[${key}]` : key));
}
