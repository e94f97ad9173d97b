import type { Kind } from '../model/wire.js';
import type { SqlValue } from './database.js';

type FilterValue = string | number | boolean | null;

/** Matches the whole value, `*` standing for anything. */
export interface Pattern {
  glob: string;
}

export interface PageRequest {
  limit: number;
  /** Fields that must equal the value, be one of the values, or match; undefined does not filter. */
  where?: Record<string, FilterValue | string[] | Pattern | undefined>;
  created?: { gt?: number; gte?: number; lt?: number; lte?: number };
  startingAfter?: string;
  endingBefore?: string;
}

/** Fields with an index of which few objects have the same value. */
const FEW_EACH = [
  'customer',
  'payment_intent',
  'charge',
  'source',
  'invoice',
  'parent.subscription_details.subscription',
  'payment.payment_intent',
];

/** Fields with an index of which many objects have the same value. */
const MANY_EACH = ['collection_method', 'currency', 'status', 'type'];

/** `+` where another field matches few objects: by itself SQLite may use the index of all that have this status. */
function columnOf(field: string, matchesFew: boolean): string {
  if (field === 'id') return 'id';
  const column = `json ->> '$.${field}'`;
  return matchesFew && MANY_EACH.includes(field) ? `+(${column})` : column;
}

const COMPARISONS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/**
 * Newest first; with `endingBefore` oldest first. Kind and field names come from code, never from a request. The kind is part of
 * the SQL, since there are indexes of one kind only. Within bounds of time the order is that of `created`, as in the index that
 * finds them; without, that of `seq`: they differ only where customers have test clocks.
 */
export function pageQuery(kind: Kind, request: PageRequest, also?: SqlCondition): SqlCondition {
  const conditions = [`object = '${kind}'`];
  const values: SqlValue[] = [];
  const add = (condition: string, ...more: SqlValue[]): void => {
    conditions.push(condition);
    values.push(...more);
  };

  const where = request.where ?? {};
  const matchesFew = FEW_EACH.some((field) => typeof where[field] === 'string');
  for (const [field, value] of Object.entries(where)) {
    if (value === undefined) continue;
    const column = columnOf(field, matchesFew);
    if (typeof value === 'object' && value !== null && 'glob' in value) add(`${column} GLOB ?`, value.glob);
    // `+`: several values match most objects, so an index on the field would only cost a sort.
    else if (Array.isArray(value))
      add(`${field === 'id' ? '' : '+'}(${column}) IN (${value.map(() => '?').join()})`, ...value);
    else if (value === null) add(`${column} IS NULL`);
    // `=` and not IS, which would not use the partial indexes.
    else add(`${column} = ?`, typeof value === 'boolean' ? Number(value) : value);
  }
  const bounds = Object.entries(request.created ?? {}).filter(([, bound]) => bound !== undefined);
  for (const [name, bound] of bounds) add(`created ${COMPARISONS[name as keyof typeof COMPARISONS]} ?`, bound);
  if (also) add(also.sql, ...also.values);
  const place = bounds.length > 0 ? ['created', 'seq'] : ['seq'];
  const cursor = `(SELECT ${place.join()} FROM objects WHERE id = ?)`;
  if (request.startingAfter !== undefined) add(`(${place.join()}) < ${cursor}`, request.startingAfter);
  if (request.endingBefore !== undefined) add(`(${place.join()}) > ${cursor}`, request.endingBefore);

  const direction = request.endingBefore === undefined ? 'DESC' : 'ASC';
  const order = place.map((column) => `${column} ${direction}`).join();
  const sql = `SELECT json FROM objects WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT ?`;
  return { sql, values: [...values, request.limit] };
}

export interface SqlCondition {
  sql: string;
  values: SqlValue[];
}

export interface SearchRequest {
  conditions: SqlCondition[];
  joined: 'AND' | 'OR';
  /** `seq` of the last row of the previous page. */
  before: number | undefined;
  limit: number;
}

/** Newest first. */
export function searchQuery(
  kind: Kind,
  { conditions, joined, before, limit }: SearchRequest,
  also: SqlCondition = { sql: 'TRUE', values: [] },
): SqlCondition {
  const wanted = conditions.map(({ sql }) => `(${sql})`).join(` ${joined} `);
  return {
    sql: `SELECT seq, json FROM objects WHERE object = ? AND seq < ? AND ${also.sql} AND (${wanted}) ORDER BY seq DESC LIMIT ?`,
    values: [
      kind,
      before ?? Number.MAX_SAFE_INTEGER,
      ...also.values,
      ...conditions.flatMap(({ values }) => values),
      limit,
    ],
  };
}
