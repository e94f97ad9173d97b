import type { Kind } from '../wire.js';
import type { SqlValue } from './database.js';

export interface SqlCondition {
  sql: string;
  values: SqlValue[];
}

export interface SearchRequest {
  conditions: SqlCondition[];
  joined: 'AND' | 'OR';
  /** Where the page before this one ended. */
  before: number | undefined;
  limit: number;
}

/** Newest first. */
export function searchQuery(kind: Kind, { conditions, joined, before, limit }: SearchRequest): SqlCondition {
  const wanted = conditions.map(({ sql }) => `(${sql})`).join(` ${joined} `);
  return {
    sql: `SELECT seq, json FROM objects WHERE object = ? AND seq < ? AND (${wanted}) ORDER BY seq DESC LIMIT ?`,
    values: [kind, before ?? Number.MAX_SAFE_INTEGER, ...conditions.flatMap(({ values }) => values), limit],
  };
}
