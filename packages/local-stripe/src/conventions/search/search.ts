import type { Tx } from '../../state/store.js';
import type { Kinds } from '../../model/wire.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { integer, optional, shape, text } from '../params/index.js';
import { invalidRequest } from '../errors.js';
import { conditionOf, type Searchable } from './conditions.js';
import { parse } from './parse.js';

/** One page of search results. */
interface Found<T> {
  object: 'search_result';
  data: T[];
  has_more: boolean;
  next_page: string | null;
  total_count?: number;
  url: string;
}

const params = shape({ limit: optional(integer({ min: 1, max: 100 })), page: optional(text), query: text });

/** `GET …/search`. Stripe's index lags behind by up to a minute; here what was just made is found at once. */
export const searching = (kind: Searchable): Endpoint =>
  endpoint(params, ({ tx, params: { limit = 10, page, query }, path }) => search(tx, kind, path, query, limit, page));

async function search<K extends Searchable>(
  tx: Tx,
  kind: K,
  url: string,
  query: string,
  limit: number,
  page: string | undefined,
): Promise<Found<Kinds[K]>> {
  const { clauses, joined } = parse(query);
  const conditions = clauses.map((clause) => conditionOf(kind, clause));
  // One more than the limit shows whether there are more.
  const found = await tx.objects.search(kind, { conditions, joined, before: positionIn(page), limit: limit + 1 });
  const data = found.slice(0, limit);
  const last = data.at(-1);
  const more = found.length > limit && last !== undefined;
  return {
    object: 'search_result',
    data: data.map(({ object }) => object),
    has_more: more,
    next_page: more ? pageAfter(last.position) : null,
    url,
  };
}

/** The opaque `page` cursor. */
const pageAfter = (position: number): string => Buffer.from(`after:${position}`).toString('base64url');

function positionIn(page: string | undefined): number | undefined {
  if (page === undefined) return undefined;
  const [, position] = /^after:(\d+)$/.exec(Buffer.from(page, 'base64url').toString()) ?? [];
  if (position === undefined) throw invalidRequest('Invalid page: it must be the `next_page` of a search.', 'page');
  return Number(position);
}
