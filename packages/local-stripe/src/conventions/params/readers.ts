import { invalidInteger, invalidRequest, missingParameter } from '../errors.js';

/** Converts a raw parameter to a value. Throws ApiError 400 with the parameter's name. */
export interface Reader<T> {
  (raw: unknown, param: string): T;
  /** The parameters inside of an object, or of the objects of a list; absent for a value, and where any are taken. */
  fields?: Readonly<Record<string, Reader<unknown>>>;
}

/** A reader with the fields of the one that it wraps. */
export function wrapping<T>(inner: Pick<Reader<unknown>, 'fields'>, reader: Reader<T>): Reader<T> {
  return inner.fields ? Object.assign(reader, { fields: inner.fields }) : reader;
}

export type ValueOf<R> = R extends Reader<infer T> ? T : never;

export const optional = <T>(reader: Reader<T>): Reader<T | undefined> =>
  wrapping(reader, (raw, param) => (raw === undefined ? undefined : reader(raw, param)));

/** Reads an empty string as null, which unsets the field. */
export const emptyable = <T>(reader: Reader<T>): Reader<T | null> =>
  wrapping(reader, (raw, param) => (raw === '' ? null : reader(raw, param)));

/** Throws ApiError 400 where the parameter is missing. */
export const present = <T>(reader: Reader<T>): Reader<T> =>
  wrapping(reader, (raw, param) => {
    if (raw === undefined) throw missingParameter(param);
    return reader(raw, param);
  });

/** A rough check: one `@` with text around it. */
export const looksLikeEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+$/.test(text);

/** Text up to a number of characters. */
export const longText = (longest: number): Reader<string> =>
  present((raw, param) => {
    if (typeof raw !== 'string') throw invalidRequest(`Invalid string: ${JSON.stringify(raw)}`, param);
    if (raw === '') {
      const message = `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset.`;
      throw invalidRequest(message, param, 'parameter_invalid_empty');
    }
    if (raw.length > longest) {
      const message = `Invalid string: ${raw.slice(0, 20)}…; must be at most ${longest} characters`;
      throw invalidRequest(message, param);
    }
    return raw;
  });

export const text = longText(5000);

/** An integer within bounds, in plain digits. */
export const integer = (bounds: { min?: number; max?: number } = {}): Reader<number> =>
  present((raw, param) => {
    const value = typeof raw === 'string' && /^[+-]?\d+$/.test(raw) ? Number(raw) : NaN;
    if (!Number.isSafeInteger(value)) throw invalidInteger(`Invalid integer: ${shown(raw)}`, param);
    const { min = -Infinity, max = Infinity } = bounds;
    if (value < min) {
      const message = min === 1 ? 'Invalid positive integer' : `This value must be greater than or equal to ${min}.`;
      throw invalidInteger(message, param);
    }
    if (value > max) throw invalidInteger(`This value must be less than or equal to ${max}.`, param);
    return value;
  });

/** In any case, as at Stripe: Python sends `True`. */
export const boolean: Reader<boolean> = present((raw, param) => {
  const word = String(raw).toLowerCase();
  if (word === 'true') return true;
  if (word === 'false') return false;
  throw invalidRequest(`Invalid boolean: ${shown(raw)}`, param);
});

export const oneOf = <const T extends string>(...choices: T[]): Reader<T> =>
  present((raw, param) => {
    const choice = choices.find((each) => each === raw);
    if (choice === undefined) {
      throw invalidRequest(`Invalid ${param}: must be one of ${choices.join(', ')}`, param);
    }
    return choice;
  });

export const webAddress: Reader<string> = (raw, param) => {
  const address = text(raw, param);
  const protocol = URL.canParse(address) ? new URL(address).protocol : '';
  if (protocol !== 'http:' && protocol !== 'https:') throw invalidRequest('Not a valid URL', param, 'url_invalid');
  return address;
};

export const emailAddress: Reader<string> = (raw, param) => {
  const address = text(raw, param);
  if (!looksLikeEmail(address)) throw invalidRequest(`Invalid email address: ${address}`, param, 'email_invalid');
  return address;
};

const shown = (raw: unknown): string => (typeof raw === 'string' ? raw : JSON.stringify(raw));

const KNOWN = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));

/** A known currency code in any case, as lower case. */
export const currency: Reader<string> = (raw, param) => {
  const code = text(raw, param).toLowerCase();
  if (!KNOWN.has(code)) throw invalidRequest(`Invalid currency: ${code}`, param);
  return code;
};
