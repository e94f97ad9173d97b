import type { PaymentIntent } from '../model/wire.js';
import type { Tx } from '../state/store.js';

/** The first version without `charges` in a Payment Intent. */
const UNTIL = '2022-11-15';

type Node = Record<string, unknown>;

/** Adds the `charges` that Payment Intents had in older versions, also to those inside of the answer. */
export async function withOlderCharges<T>(tx: Tx, value: T, version: string): Promise<T> {
  if (version >= UNTIL) return value;
  if (Array.isArray(value)) {
    return (await Promise.all(value.map((item: unknown) => withOlderCharges(tx, item, version)))) as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  const node: Node = {};
  for (const [name, inner] of Object.entries(value)) node[name] = await withOlderCharges(tx, inner, version);
  if (node['object'] !== 'payment_intent') return node as T;
  return { ...node, charges: await chargesOf(tx, value as unknown as PaymentIntent) } as T;
}

async function chargesOf({ objects }: Tx, { id }: PaymentIntent): Promise<Node> {
  const data = await objects.list('charge', { limit: -1, where: { payment_intent: id } });
  return { object: 'list', data, has_more: false, total_count: data.length, url: `/v1/charges?payment_intent=${id}` };
}
