import { call } from '../client.js';
import { isPlaceholder } from '../placeholders.js';
import type { Facts } from './facts.js';
import { made, makeCustomer, makePaymentMethod, makePrice, type World } from './makers.js';
import { plain, type Sighting, sightings, sightingsOf } from './sightings.js';

/** What pays and what is paid for, as far as the recording shows it. */
interface Terms {
  customer: unknown;
  payment_method: unknown;
  amount: unknown;
  currency: unknown;
  interval: unknown;
}

interface Billed {
  subscription: string;
  item: string;
  invoice: string;
  payment: string | undefined;
}

/** A subscription that is active, its first invoice paid by card. */
export async function makeSubscription(
  world: World,
  { currency }: Facts,
  _id: string | undefined,
  name: string,
): Promise<string | undefined> {
  const shown = sightingsOf(world.scenario, world.shapes, name);
  const [first] = shown;
  const value = (field: string): unknown => plain(first?.values[field]);
  const customer = first?.values['customer'] ?? customerInPath(world, name);
  if (customer === undefined) return undefined;
  const billed = await bill(world, {
    customer,
    payment_method: undefined,
    amount: value('items.data[0].price.unit_amount') ?? value('plan.amount') ?? value('items.data[0].plan.amount'),
    currency: currency ?? value('currency'),
    interval: value('items.data[0].price.recurring.interval') ?? value('plan.interval'),
  });
  const item = shown.find(({ values }) => isPlaceholder(values['items.data[0].id']))?.values['items.data[0].id'];
  if (billed && isPlaceholder(item)) world.bindings.bind(item, billed.item);
  return billed?.subscription;
}

/** The Payment Intent of a subscription's first invoice; binds the subscription and its item too. */
export async function makeFirstPayment(world: World, facts: Facts, name: string): Promise<string | undefined> {
  const { customer, payment_method, amount, currency } = facts;
  const billed = await bill(world, { customer, payment_method, amount, currency, interval: undefined });
  const [paid] = sightings(
    world.scenario,
    world.shapes,
    (values) => values['object'] === '=invoice' && values['billing_reason'] === '=subscription_create',
  ).filter((sighting) => isPaidBy(sighting, name));
  const bind = (field: string, id: string | undefined): void => {
    const placeholder = paid?.values[field];
    if (isPlaceholder(placeholder) && id !== undefined) world.bindings.bind(placeholder, id);
  };
  bind('parent.subscription_details.subscription', billed?.subscription);
  if (!paid && billed) bindUnseen(world, customer, billed);
  bind('lines.data[0].parent.subscription_item_details.subscription_item', billed?.item);
  return billed?.payment;
}

/** The subscription that the scenario uses of this customer, where no answer says which invoice the payment was for. */
function bindUnseen({ scenario, shapes, bindings }: World, customer: unknown, { subscription, item }: Billed): void {
  for (const name of Object.keys(scenario.needs ?? {})) {
    if (!name.startsWith('{sub_') || bindings.get(name) !== undefined) continue;
    const shown = sightingsOf(scenario, shapes, name);
    if (shown[0]?.values['customer'] !== customer) continue;
    bindings.bind(name, subscription);
    const placeholder = shown.map(({ values }) => values['items.data[0].id']).find((id) => isPlaceholder(id));
    if (isPlaceholder(placeholder)) bindings.bind(placeholder, item);
    return;
  }
}

const isPaidBy = ({ call: { params } }: Sighting, name: string): boolean => params['payment[payment_intent]'] === name;

function customerInPath({ calls }: World, name: string): string | undefined {
  const path = calls.map((each) => each.path.split('/')).find((steps) => steps.includes(name)) ?? [];
  return path[2] === 'customers' ? path[3] : undefined;
}

async function bill(world: World, terms: Terms): Promise<Billed | undefined> {
  const customer = await bound(world, terms.customer, () => makeCustomer(world, {}, undefined));
  const method = await bound(world, terms.payment_method, () => makePaymentMethod(world, {}));
  if (customer === undefined || method === undefined) return undefined;
  await made(world, `payment_methods/${method}/attach`, { customer });
  await made(world, `customers/${customer}`, { invoice_settings: { default_payment_method: method } });
  const price = await priceOf(world, terms);
  const { body } = await call(
    world.url,
    'POST',
    '/v1/subscriptions',
    { customer, 'items[0][price]': String(price), 'expand[0]': 'latest_invoice.payments' },
    { 'stripe-version': '2025-10-29.clover' },
  );
  const subscription = body as unknown as Answered | undefined;
  if (!subscription?.latest_invoice) return undefined;
  return {
    subscription: subscription.id,
    item: subscription.items.data[0]?.id ?? '',
    invoice: subscription.latest_invoice.id,
    payment: subscription.latest_invoice.payments.data[0]?.payment.payment_intent,
  };
}

interface Answered {
  id: string;
  items: { data: Array<{ id: string }> };
  latest_invoice: { id: string; payments: { data: Array<{ payment: { payment_intent: string } }> } } | null;
}

/** What the placeholder is bound to; what it is not bound to yet is made. */
async function bound(
  world: World,
  name: unknown,
  make: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const known = isPlaceholder(name) ? world.bindings.get(name) : undefined;
  const id = known ?? (await make());
  if (isPlaceholder(name) && id !== undefined) world.bindings.bind(name, id);
  return id;
}

/** The needed plan of this amount, or one more price. */
function priceOf(world: World, { amount, currency, interval }: Terms): Promise<string | undefined> | string {
  const plan = Object.entries(world.scenario.needs ?? {}).find(
    ([name, facts]) => !isPlaceholder(name) && facts['object'] === 'plan' && facts['amount'] === amount,
  );
  if (plan) return plan[0];
  return makePrice(world, { amount, currency, recurring: { interval: interval ?? 'month' } }, undefined);
}
