import { invalidRequest } from '../errors.js';
import { present, type Reader } from './readers.js';

const MOST_KEYS = 50;
const LONGEST_KEY = 40;
const LONGEST_VALUE = 500;

/** Keys to set, keys to unset (empty string), or null to unset all. */
export type MetadataChange = Record<string, string> | null;

export const metadata: Reader<MetadataChange> = present((raw, param) => {
  if (raw === '') return null;
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw invalidRequest('Invalid object', param);
  const entries = Object.entries(raw).map(([key, given]): [string, string] => {
    const name = `${param}[${key}]`;
    // Of a key that is sent twice the last value counts.
    const value: unknown = Array.isArray(given) ? given.at(-1) : given;
    if (typeof value !== 'string') throw invalidRequest('Metadata values must be strings', name);
    if (key.length > LONGEST_KEY) throw invalidRequest(`Metadata keys can have up to ${LONGEST_KEY} characters`, name);
    if (value.length > LONGEST_VALUE) {
      throw invalidRequest(`Metadata values can have up to ${LONGEST_VALUE} characters`, name);
    }
    return [key, value];
  });
  if (entries.length > MOST_KEYS) throw invalidRequest(`Metadata can have up to ${MOST_KEYS} keys`, param);
  return Object.fromEntries(entries);
});

/** Merges a change into metadata, key by key. */
export function changeMetadata(before: Record<string, string>, change: MetadataChange | undefined) {
  if (change === undefined) return before;
  const merged = { ...(change && before), ...change };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
}
