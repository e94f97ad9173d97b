import type { Scenario, Shape } from '../recordings.js';
import { plain, type Sighting, sightings, sightingsOf } from './sightings.js';

export type Facts = Record<string, unknown>;
type Shapes = Map<string, Shape>;

/** What the recording knows of a need besides what its `needs` says: read out of every answer that shows it. */
export function factsOf(scenario: Scenario, shapes: Shapes, name: string, kind: string, seen: Facts): Facts {
  if (kind === 'customer') return { ...seen, ...customerFacts(scenario, shapes, name) };
  if (kind === 'price' || kind === 'plan') return { ...priceFacts(scenario, shapes, name, seen), ...seen };
  if (kind === 'product') {
    const shown = sightingsOf(scenario, shapes, name);
    return { ...seen, features: shown.some(({ typeOf }) => typeOf('marketing_features[].name') !== undefined) };
  }
  if (kind === 'payment_intent')
    return { ...seen, ...paymentFacts(scenario, sightingsOf(scenario, shapes, name), name) };
  if (kind === 'coupon' && seen['object'] === undefined)
    return { ...couponFacts(scenario), ...couponName(scenario, shapes) };
  if (kind === 'coupon') return { ...seen, ...couponName(scenario, shapes) };
  return seen;
}

/** Name, e-mail address and source are made, unless an answer shows that the customer had none. */
function customerFacts(scenario: Scenario, shapes: Shapes, name: string): Facts {
  const shown = sightingsOf(scenario, shapes, name);
  const invoices = sightings(
    scenario,
    shapes,
    (values) => values['customer'] === name && values['object'] === '=invoice',
  );
  const lacks = (field: string): boolean =>
    shown.some(({ typeOf }) => typeOf(field) === 'null') ||
    invoices.some(({ typeOf }) => typeOf(`customer_${field}`) === 'null');
  const refused = scenario.calls.some(
    ({ path, params, status, error }) =>
      status === 400 &&
      error?.code === null &&
      path === '/v1/invoices' &&
      params['customer'] === name &&
      params['days_until_due'] !== undefined,
  );
  return { lacksName: lacks('name'), lacksEmail: lacks('email') || refused, lacksSource: lacks('default_source') };
}

function priceFacts(scenario: Scenario, shapes: Shapes, name: string, seen: Facts): Facts {
  const { amount = seen['unit_amount'], interval } = seen;
  const isIt = (values: Sighting['values']): boolean =>
    values['object'] === '=price' &&
    (name.startsWith('{')
      ? values['id'] === name
      : values['unit_amount'] === amount && values['recurring.interval'] === `=${String(interval)}`);
  const [shown] = sightings(scenario, shapes, isIt);
  if (!shown) return usedPrice(scenario, name);
  return {
    tax_behavior: plain(shown.values['tax_behavior']),
    nickname: shown.typeOf('nickname') === 'string' ? 'Text' : undefined,
  };
}

/** Of a price that no answer shows: what the calls that use it say. */
function usedPrice({ calls }: Scenario, name: string): Facts {
  const use = calls.find(({ params, status }) => status < 400 && Object.values(params).includes(name));
  const isRecurring = use?.path.includes('/subscriptions') === true || use?.params['mode'] === 'subscription';
  const total = use?.values?.['amount_subtotal'];
  const quantity = Number(use?.params['line_items[0][quantity]'] ?? 1);
  return {
    ...(typeof total === 'number' && use?.params['line_items[1][price]'] === undefined && { amount: total / quantity }),
    ...(isRecurring && { recurring: { interval: 'month' } }),
  };
}

/** Whether it pays an invoice of a subscription, and who pays with what. */
function paymentFacts({ calls }: Scenario, [shown]: Sighting[], name: string): Facts {
  if (!shown) return {};
  const isListed = calls.some(
    ({ params, values }) => params['payment[payment_intent]'] === name && values?.['data[0].id'] !== undefined,
  );
  const ofInvoice = isListed || shown.typeOf('payment_details.order_reference') === 'string';
  return { ofInvoice, customer: shown.values['customer'], payment_method: shown.values['payment_method'] };
}

/** Whether coupons have names in the answers; which coupon it is, they do not say. */
const couponName = ({ calls }: Scenario, shapes: Shapes): Facts => ({
  name: calls.some(({ shape }) =>
    Object.entries(shapes.get(shape ?? '') ?? {}).some(
      ([path, type]) => path.endsWith('coupon.name') && type === 'string',
    ),
  )
    ? 'Text'
    : undefined,
});

/** How much an unknown coupon took off the first invoice that shows it. */
function couponFacts({ calls }: Scenario): Facts {
  for (const { values } of calls) {
    const [path, off] =
      Object.entries(values ?? {}).find(([key]) => key.endsWith('total_discount_amounts[0].amount')) ?? [];
    if (path === undefined) continue;
    const subtotal = values[path.replace('total_discount_amounts[0].amount', 'subtotal')];
    return { percent_off: (Number(off) * 100) / Number(subtotal), duration: 'forever' };
  }
  return {};
}
