import type { Tx } from '../state/store.js';
import type { PaymentMethod } from '../model/wire.js';
import { asCard } from '../payments/cards.js';
import { invalidRequest } from './errors.js';
import { INCLUDABLE } from './includable.js';
import { OLDER_EXPANSIONS } from './older-versions.js';
import { sdk } from './sdk.js';

type Node = Record<string, unknown>;

/** Where a field is: in an object of a kind, below other fields of it (`invoice_settings.`). */
interface Place {
  kind: string;
  below: string;
}

const DEEPEST = 4;

/** Replaces the ids at these paths (`data.payment_intent.latest_charge`) by their objects. */
export async function expand(tx: Tx, answer: object, paths: readonly string[]): Promise<object> {
  if (paths.length === 0) return answer;
  const root = structuredClone(answer) as Node;
  for (const path of paths) {
    const steps = path.split('.');
    if (steps.filter((step) => step !== 'data').length > DEEPEST) {
      throw invalidRequest(`You cannot expand more than ${DEEPEST} levels of a property: ${path}`, 'expand');
    }
    await expandStep(tx, root, { kind: '', below: '' }, steps, path);
  }
  return root;
}

async function expandStep(tx: Tx, node: Node, place: Place, [step, ...rest]: string[], path: string): Promise<void> {
  if (step === undefined) return;
  const here = typeof node['object'] === 'string' ? { kind: node['object'], below: '' } : place;
  const value = await expanded(tx, node, here, step, path);
  if (value !== undefined) node[step] = value;
  for (const child of Array.isArray(value) ? value : [value]) {
    if (isNode(child)) await expandStep(tx, child, { ...here, below: `${here.below}${step}.` }, rest, path);
  }
}

async function expanded(tx: Tx, node: Node, { kind, below }: Place, field: string, path: string): Promise<unknown> {
  const value = node[field];
  if (isNode(value) && !(Array.isArray(value) && value.some((item) => typeof item === 'string'))) return value;

  const include = INCLUDABLE[`${kind}.${below}${field}`];
  if (include && below === '' && !isReference(value)) return include(tx, String(node['id']));

  const known =
    sdk.objects[kind]?.[below + field] ?? (OLDER_EXPANSIONS.has(`${kind}.${below}${field}`) ? [] : undefined);
  if (known === undefined) throw invalidRequest(`This property cannot be expanded (${path}).`, 'expand[0]');
  if (Array.isArray(value)) return Promise.all(value.map((item) => referred(tx, item)));
  const found = await referred(tx, value);
  // A customer's card is stored as a payment method.
  return field === 'default_source' && isNode(found) ? asCard(found as unknown as PaymentMethod) : found;
}

/** The object of an id; the value itself where it is none, or nothing is left of the object. */
async function referred({ objects }: Tx, value: unknown): Promise<unknown> {
  return typeof value === 'string' && value !== '' ? ((await objects.findAny(value)) ?? value) : value;
}

const isReference = (value: unknown): boolean => typeof value === 'string' && value !== '';

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
