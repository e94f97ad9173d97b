import type { SqlCondition } from '../../state/queries.js';
import { invalidInteger, invalidRequest } from '../errors.js';
import type { Clause } from './parse.js';
import type { Kind } from '../../model/wire.js';

/** `token`: exact text; `string`: also substrings; `number` and `boolean`: by value. */
export type FieldType = 'token' | 'string' | 'number' | 'boolean';

export type Searchable = Extract<
  Kind,
  'product' | 'price' | 'customer' | 'payment_intent' | 'charge' | 'subscription' | 'invoice'
>;

/** Searchable fields by kind; `metadata` is searchable everywhere. */
export const FIELDS: Record<Searchable, Record<string, FieldType>> = {
  product: { active: 'boolean', description: 'string', name: 'string', shippable: 'boolean', url: 'string' },
  price: { active: 'boolean', currency: 'token', lookup_key: 'string', product: 'string', type: 'token' },
  customer: { created: 'number', email: 'string', name: 'string', phone: 'string' },
  payment_intent: {
    amount: 'number',
    created: 'number',
    currency: 'token',
    customer: 'token',
    status: 'token',
  },
  charge: {
    amount: 'number',
    'billing_details.address.postal_code': 'token',
    created: 'number',
    currency: 'token',
    customer: 'token',
    disputed: 'boolean',
    'payment_method_details.card.brand': 'token',
    'payment_method_details.card.exp_month': 'number',
    'payment_method_details.card.exp_year': 'number',
    'payment_method_details.card.fingerprint': 'token',
    'payment_method_details.card.last4': 'token',
    refunded: 'boolean',
    status: 'token',
  },
  subscription: { canceled_at: 'number', created: 'number', status: 'token' },
  invoice: {
    created: 'number',
    currency: 'token',
    customer: 'token',
    last_finalization_error_code: 'token',
    last_finalization_error_type: 'token',
    number: 'string',
    receipt_number: 'token',
    status: 'token',
    subscription: 'token',
    total: 'number',
  },
};

/** Where a field is that is not called as in the object. */
const PATHS: Record<string, string> = {
  last_finalization_error_code: 'last_finalization_error.code',
  last_finalization_error_type: 'last_finalization_error.type',
  subscription: 'parent.subscription_details.subscription',
};

const SHORTEST_PART = 3;
const LIKE = { '%': '\\%', _: '\\_', '\\': '\\\\' } as const;

/** A clause as an SQL condition on the stored JSON. Field names come from the list above; keys and values are bound. */
export function conditionOf(kind: Searchable, clause: Clause): SqlCondition {
  const { column, bound, type } = columnOf(kind, clause);
  const { sql, values } = comparison(column, type, clause);
  // A negated clause also matches missing values.
  return { sql: clause.negated ? `(${sql}) IS NOT TRUE` : sql, values: [...bound, ...values] };
}

function columnOf(kind: Searchable, { field, key }: Clause): { column: string; bound: string[]; type: FieldType } {
  if (field === 'metadata' && key !== undefined) {
    const column = "(SELECT value FROM json_each(objects.json, '$.metadata') WHERE key = ?)";
    return { column, bound: [key], type: 'string' };
  }
  const type = Object.hasOwn(FIELDS[kind], field) ? FIELDS[kind][field] : undefined;
  if (type === undefined || key !== undefined) {
    throw invalidRequest(`Field \`${field}\` is an unsupported search field for resource \`${kind}s\`.`, 'query');
  }
  return { column: 'json_extract(json, ?)', bound: [`$.${PATHS[field] ?? field}`], type };
}

function comparison(column: string, type: FieldType, { field, operator, value }: Clause): SqlCondition {
  if (value === null) {
    if (operator !== ':') throw unsupported(field, operator);
    return { sql: `${column} IS NULL`, values: [] };
  }
  switch (operator) {
    case ':':
      return equal(column, type, field, value);
    case '~':
      return part(column, type, field, value);
    default:
      if (type !== 'number') throw unsupported(field, operator);
      return { sql: `${column} ${operator} ?`, values: [numberOf(field, value)] };
  }
}

function equal(column: string, type: FieldType, field: string, value: string): SqlCondition {
  if (type === 'number') return { sql: `${column} = ?`, values: [numberOf(field, value)] };
  if (type === 'boolean') {
    const word = value.toLowerCase();
    if (word !== 'true' && word !== 'false') throw invalidRequest(`Field \`${field}\` is true or false.`, 'query');
    return { sql: `${column} = ?`, values: [Number(word === 'true')] };
  }
  return { sql: `lower(${column}) = ?`, values: [value.toLowerCase()] };
}

/** A case-insensitive substring match. */
function part(column: string, type: FieldType, field: string, value: string): SqlCondition {
  if (type !== 'string') throw unsupported(field, '~');
  if (value.length < SHORTEST_PART) {
    throw invalidRequest(`A substring search needs at least ${SHORTEST_PART} characters.`, 'query');
  }
  const pattern = value.toLowerCase().replaceAll(/[%_\\]/g, (mark) => LIKE[mark as keyof typeof LIKE]);
  return { sql: `lower(${column}) LIKE ? ESCAPE '\\'`, values: [`%${pattern}%`] };
}

function numberOf(field: string, value: string): number {
  if (!/^-?\d+$/.test(value)) throw invalidInteger(`Field \`${field}\` needs a number, not ${value}.`, 'query');
  return Number(value);
}

const unsupported = (field: string, operator: string) =>
  invalidRequest(`Operator \`${operator}\` is not supported for the field \`${field}\`.`, 'query');
