import type { Tx } from '../state/store.js';
import type { Kind } from '../model/wire.js';
import { BILLING_ANYWHERE, BILLING_INCLUDABLE, BILLING_REFERENCES } from './expand-billing.js';
import { page } from './lists.js';
import { invalidRequest } from './errors.js';

type Node = Record<string, unknown>;

const CUSTOMER: Kind[] = ['customer', 'deleted_customer'];

/** Expandable fields, and the kind or kinds of object that they refer to. */
const REFERENCES: Record<string, Record<string, Kind | Kind[]>> = {
  product: { default_price: 'price' },
  price: { product: 'product' },
  'checkout.session': { customer: CUSTOMER, payment_intent: 'payment_intent', payment_link: 'payment_link' },
  payment_method: { customer: CUSTOMER },
  payment_intent: { customer: CUSTOMER, latest_charge: 'charge', payment_method: 'payment_method' },
  charge: { balance_transaction: 'balance_transaction', customer: CUSTOMER, payment_intent: 'payment_intent' },
  refund: {
    balance_transaction: 'balance_transaction',
    charge: 'charge',
    customer: CUSTOMER,
    failure_balance_transaction: 'balance_transaction',
    payment_intent: 'payment_intent',
    payment_method: 'payment_method',
  },
  dispute: { charge: 'charge', payment_intent: 'payment_intent' },
  'radar.early_fraud_warning': { charge: 'charge', payment_intent: 'payment_intent' },
  balance_transaction: { source: ['charge', 'refund', 'dispute'] },
  ...BILLING_REFERENCES,
};

/** The same for fields of nested objects: `customer.invoice_settings`. */
const ANYWHERE: Record<string, Kind | Kind[]> = { default_payment_method: 'payment_method', ...BILLING_ANYWHERE };

const DEEPEST = 4;

/** Fields that are only included when expanded. */
const INCLUDABLE: Record<string, (tx: Tx, id: string) => Promise<Node>> = {
  'price.currency_options': async ({ objects }, id) => {
    const own = await objects.get('price', id);
    const options = { [own.currency]: own, ...(await objects.findNotes('price', id))?.currencyOptions };
    const shown = Object.entries(options).map(([currency, { tax_behavior = 'unspecified', unit_amount }]) => [
      currency,
      { custom_unit_amount: null, tax_behavior, unit_amount, unit_amount_decimal: String(unit_amount) },
    ]);
    return Object.fromEntries(shown) as Node;
  },
  'checkout.session.line_items': async ({ objects }, id) => ({
    object: 'list',
    data: (await objects.notes('checkout.session', id)).lineItems,
    has_more: false,
    url: `/v1/checkout/sessions/${id}/line_items`,
  }),
  'payment_link.line_items': async ({ objects }, id) => ({
    object: 'list',
    data: (await objects.notes('payment_link', id)).lineItems,
    has_more: false,
    url: `/v1/payment_links/${id}/line_items`,
  }),
  ...BILLING_INCLUDABLE,
  'charge.refunds': async (tx, id) => ({
    ...(await page(tx, 'refund', `/v1/charges/${id}/refunds`, { where: { charge: id } })),
  }),
};

/** Replaces the ids at these paths (`data.payment_intent.latest_charge`) by their objects. */
export async function expand(tx: Tx, answer: object, paths: readonly string[]): Promise<object> {
  const root = structuredClone(answer) as Node;
  for (const path of paths) {
    const steps = path.split('.');
    if (steps.filter((step) => step !== 'data').length > DEEPEST) {
      throw invalidRequest(`You cannot expand more than ${DEEPEST} levels of a property: ${path}`, 'expand');
    }
    await expandStep(tx, root, steps, path);
  }
  return root;
}

async function expandStep(tx: Tx, node: Node, [step, ...rest]: string[], path: string): Promise<void> {
  if (step === undefined) return;
  const value = await expanded(tx, node, step, path);
  node[step] = value;
  if (Array.isArray(value) && typeof value[0] === 'string') return expandIds(tx, node, step, rest, path);
  for (const child of Array.isArray(value) ? value : [value]) {
    if (isNode(child)) await expandStep(tx, child, rest, path);
  }
}

/** A list of ids: `discounts`. */
async function expandIds(tx: Tx, node: Node, step: string, rest: string[], path: string): Promise<void> {
  const target = REFERENCES[String(node['object'])]?.[step];
  if (!target) throw invalidRequest(`This property cannot be expanded (${path}).`, 'expand');
  const objects: unknown[] = [];
  for (const id of node[step] as string[]) objects.push(structuredClone(await referred(tx, [target].flat(), id)));
  node[step] = objects;
  for (const object of objects) if (isNode(object)) await expandStep(tx, object, rest, path);
}

async function expanded(tx: Tx, node: Node, field: string, path: string): Promise<unknown> {
  const { object: kind, id, [field]: value } = node;
  if (typeof value === 'object' && value !== null) return value;

  const include = INCLUDABLE[`${String(kind)}.${field}`];
  if (include && typeof id === 'string') return include(tx, id);

  const target = kind === undefined ? ANYWHERE[field] : REFERENCES[String(kind)]?.[field];
  if (!target || !Object.hasOwn(node, field))
    throw invalidRequest(`This property cannot be expanded (${path}).`, 'expand');
  return typeof value === 'string' ? referred(tx, [target].flat(), value) : value;
}

async function referred({ objects }: Pick<Tx, 'objects'>, kinds: Kind[], id: string): Promise<unknown> {
  const [kind, ...others] = kinds;
  if (kind === undefined) throw new Error(`The state file has nothing under ${id}, which it refers to`);
  return (await objects.find(kind, id)) ?? referred({ objects }, others, id);
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
