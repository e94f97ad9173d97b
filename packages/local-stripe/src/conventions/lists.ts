import type { Tx } from '../state/store.js';
import type { PageRequest } from '../state/queries.js';
import type { Kind, Kinds } from '../model/wire.js';
import { integer, optional, shape, text, type Reader } from './params/index.js';
import { invalidRequest, noSuch } from './errors.js';

/** One page of a list, as Stripe answers it. */
export interface Page<T> {
  object: 'list';
  data: T[];
  has_more: boolean;
  url: string;
}

/** Parameters of every list. */
export const pageParams = {
  limit: optional(integer({ min: 1, max: 100 })),
  starting_after: optional(text),
  ending_before: optional(text),
};

const bounds = shape({
  gt: optional(integer()),
  gte: optional(integer()),
  lt: optional(integer()),
  lte: optional(integer()),
});

/** A time, or bounds of it, in Unix seconds. */
export const created: Reader<PageRequest['created']> = optional((raw, param) => {
  if (typeof raw !== 'string') return bounds(raw, param);
  const moment = integer()(raw, param);
  return { gte: moment, lte: moment };
});

interface Asked extends Pick<PageRequest, 'where' | 'created'> {
  limit?: number;
  starting_after?: string;
  ending_before?: string;
}

export async function page<K extends Kind>(tx: Tx, kind: K, url: string, asked: Asked): Promise<Page<Kinds[K]>> {
  const { limit = 10, starting_after: startingAfter, ending_before: endingBefore, where } = asked;
  if (startingAfter !== undefined && endingBefore !== undefined) {
    throw invalidRequest('Received both starting_after and ending_before parameters. Please pass in only one.');
  }
  await mustExist(tx, kind, startingAfter, 'starting_after');
  await mustExist(tx, kind, endingBefore, 'ending_before');
  for (const [path, filter] of REFERENCES) await mustBeKnown(tx, filter, where?.[path]);

  // One more than the limit shows whether there are more.
  const request = { limit: limit + 1, where, created: asked.created, startingAfter, endingBefore };
  const found = await tx.objects.list(kind, request);
  const data = found.slice(0, limit);
  if (endingBefore !== undefined) data.reverse();
  return { object: 'list', data, has_more: found.length > limit, url };
}

/** Fields that are filtered by an object, which must be there; a deleted one is. With the name of the filter. */
const REFERENCES = [
  ...['charge', 'customer', 'invoice', 'payment_intent', 'price', 'product', 'subscription'].map((name) => [
    name,
    name,
  ]),
  ['parent.subscription_details.subscription', 'subscription'],
] as Array<[path: string, filter: string]>;

async function mustBeKnown({ objects }: Tx, filter: string, value: unknown): Promise<void> {
  if (typeof value === 'string' && value !== '' && !(await objects.findAny(value))) throw noSuch(filter, value, filter);
}

async function mustExist(tx: Tx, kind: Kind, id: string | undefined, param: string): Promise<void> {
  if (id !== undefined && !(await tx.objects.find(kind, id))) throw noSuch(kind, id, param);
}
