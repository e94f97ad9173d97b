import { invalidRequest } from '../refusals.js';

/** One piece of a query: a quoted text, a bare word or number, or a mark. */
export interface Token {
  kind: 'text' | 'word' | 'mark';
  value: string;
}

const PIECES = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(>=|<=|[:~><[\]-])|([^\s"':~><[\]]+))/y;

/** Cuts a query into its pieces. */
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
