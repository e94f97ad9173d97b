import type { Tx } from '../state/store.js';

/** The first version in which a discount has a `source`, and a promotion code a `promotion`. */
const UNTIL = '2025-09-30';

type Node = Record<string, unknown>;

/** Gives discounts and promotion codes, also those inside of the answer, the `coupon` that they had in older versions. */
export async function withOlderDiscounts<T>(tx: Tx, value: T, version: string): Promise<T> {
  if (version >= UNTIL) return value;
  if (Array.isArray(value)) {
    return (await Promise.all(value.map((item: unknown) => withOlderDiscounts(tx, item, version)))) as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  const node: Node = {};
  for (const [name, inner] of Object.entries(value)) node[name] = await withOlderDiscounts(tx, inner, version);
  if (node['object'] === 'discount') {
    const { source, ...rest } = node;
    return { ...rest, coupon: await couponOf(tx, source) } as T;
  }
  if (node['object'] === 'promotion_code') {
    const { promotion, ...rest } = node;
    return { ...rest, coupon: await couponOf(tx, promotion) } as T;
  }
  return node as T;
}

/** The whole coupon: it was never an id. */
async function couponOf({ objects }: Tx, from: unknown): Promise<unknown> {
  const { coupon } = (from ?? {}) as { coupon?: unknown };
  return typeof coupon === 'string' ? ((await objects.find('coupon', coupon)) ?? coupon) : (coupon ?? null);
}
