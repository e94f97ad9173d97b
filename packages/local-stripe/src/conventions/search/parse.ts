import { invalidRequest } from '../errors.js';

/** A token of a query: quoted text, a word or number, or an operator. */
export interface Token {
  kind: 'text' | 'word' | 'mark';
  value: string;
}

const PIECES = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(>=|<=|[:~><[\]-])|([^\s"':~><[\]]+))/y;

/** Splits a query into tokens. */
export function tokens(query: string): Token[] {
  const found: Token[] = [];
  const pieces = new RegExp(PIECES);
  const end = query.trimEnd().length;
  while (pieces.lastIndex < end) {
    const at = pieces.lastIndex;
    const piece = pieces.exec(query);
    if (!piece) throw unreadable(query.slice(at).trim());
    const [, double, single, mark, word] = piece;
    const text = double ?? single;
    if (text !== undefined) found.push({ kind: 'text', value: text.replaceAll(/\\(.)/g, '$1') });
    else if (mark !== undefined) found.push({ kind: 'mark', value: mark });
    else found.push({ kind: 'word', value: word ?? '' });
  }
  return found;
}

export const unreadable = (rest: string) =>
  invalidRequest(`We were unable to parse your search query, at: ${rest || 'its end'}.`, 'query');

export type Operator = ':' | '~' | '>' | '<' | '>=' | '<=';

/** One condition: `-amount>100`, `metadata["order"]:"7"`. */
export interface Clause {
  field: string;
  /** The key in the brackets after the field. */
  key?: string;
  operator: Operator;
  /** Null matches missing values. */
  value: string | null;
  negated: boolean;
}

export interface Query {
  clauses: Clause[];
  joined: 'AND' | 'OR';
}

const MOST_CLAUSES = 10;
const OPERATORS: string[] = [':', '~', '>', '<', '>=', '<='];

/** Parses a query of Stripe's search language: no parentheses, and either AND or OR. Throws ApiError 400. */
export function parse(query: string): Query {
  const rest = tokens(query);
  const clauses = [clause(rest)];
  const joins = new Set<string>();
  while (rest.length > 0) {
    joins.add(join(rest));
    clauses.push(clause(rest));
  }
  if (joins.size > 1) {
    throw invalidRequest('You cannot combine AND and OR in the same search query.', 'query');
  }
  if (clauses.length > MOST_CLAUSES) {
    throw invalidRequest(`A search query can have up to ${MOST_CLAUSES} clauses.`, 'query');
  }
  return { clauses, joined: joins.has('OR') ? 'OR' : 'AND' };
}

/** Adjacent clauses are joined by AND. */
function join(rest: Token[]): 'AND' | 'OR' {
  const word = rest[0]?.kind === 'word' ? rest[0].value.toUpperCase() : '';
  if (word !== 'AND' && word !== 'OR') return 'AND';
  rest.shift();
  return word;
}

function clause(rest: Token[]): Clause {
  const negated = isMark(rest[0], '-');
  if (negated) rest.shift();
  const field = take(rest, 'word').value;
  const key = isMark(rest[0], '[') ? bracketed(rest) : undefined;
  const operator = take(rest, 'mark').value;
  if (!isOperator(operator)) throw unreadable(operator);
  const minus = isMark(rest[0], '-') ? (rest.shift()?.value ?? '') : '';
  const { kind, value } = take(rest, 'text', 'word');
  const nothing = kind === 'word' && value === 'null';
  return { field, ...(key !== undefined && { key }), operator, value: nothing ? null : minus + value, negated };
}

function bracketed(rest: Token[]): string {
  rest.shift();
  const { value } = take(rest, 'text');
  if (!isMark(rest.shift(), ']')) throw unreadable(value);
  return value;
}

function take(rest: Token[], ...kinds: Token['kind'][]): Token {
  const token = rest.shift();
  if (!token || !kinds.includes(token.kind)) throw unreadable(token?.value ?? '');
  return token;
}

const isMark = (token: Token | undefined, mark: string): boolean => token?.kind === 'mark' && token.value === mark;

const isOperator = (value: string): value is Operator => OPERATORS.includes(value);
