import { invalidRequest, unknownParameter } from '../errors.js';
import { sdkKnowsParameter } from '../sdk.js';
import type { Reader } from './readers.js';

type Values = Record<string, unknown>;

/** An object whose fields are those that the SDK's types know for this parameter of a method; any value is taken. */
export const sdkObject =
  (method: string): Reader<Values> =>
  (raw, param) => {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw invalidRequest('Invalid object', param);
    mustBeKnown(method, raw, param);
    return plain(raw) as Values;
  };

/** A list of such objects. */
export const sdkObjects =
  (method: string): Reader<Values[]> =>
  (raw, param) => {
    const items = typeof raw === 'object' && raw !== null ? Object.values(raw) : undefined;
    if (items === undefined) throw invalidRequest('Invalid array', param);
    return items.map((item, index) => sdkObject(method)(item, `${param}[${index}]`));
  };

function mustBeKnown(method: string, value: object, param: string): void {
  for (const path of pathsIn(value, param)) if (!sdkKnowsParameter(method, path)) throw unknownParameter(path);
}

function pathsIn(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => pathsIn(inner, `${path}[${name}]`));
}

/** Texts that may be digits only. */
const TEXTS = new Set([
  'default_value',
  'key',
  'label',
  'message',
  'name',
  'reference',
  'statement_descriptor',
  'value',
]);

/** The values of a form as they are in JSON. */
function plain(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, name));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner, key)]));
  }
  if (value === '') return null;
  if (TEXTS.has(name) || typeof value !== 'string') return value;
  const word = value.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  return /^\d{1,15}$/.test(value) ? Number(value) : value;
}
