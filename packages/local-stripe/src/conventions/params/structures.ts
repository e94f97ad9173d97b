import { invalidRequest, unknownParameter } from '../errors.js';
import { present, type Reader, type ValueOf, wrapping } from './readers.js';

type Fields = Record<string, Reader<unknown>>;
type Values<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> };

/** An object with these fields only. `param` is empty at the top level, and for example `line_items[0]` below. */
export const shape = <F extends Fields>(fields: F): Reader<Values<F>> => {
  const read: Reader<Values<F>> = present((raw, name) => {
    if (!isObject(raw)) throw invalidRequest('Invalid object', name);
    const paramOf = (field: string): string => (name ? `${name}[${field}]` : field);
    const stranger = Object.keys(raw).find((field) => !Object.hasOwn(fields, field));
    if (stranger !== undefined) throw unknownParameter(paramOf(stranger));

    const values = Object.entries(fields).map(([field, reader]) => [field, reader(raw[field], paramOf(field))]);
    return Object.fromEntries(values) as Values<F>;
  });
  return Object.assign(read, { fields });
};

/** An object with any fields that `key` takes, such as currencies, each with a value of the same kind. */
export const record = <T>(key: (field: string, param: string) => void, reader: Reader<T>): Reader<Record<string, T>> =>
  present((raw, name) => {
    if (!isObject(raw)) throw invalidRequest('Invalid object', name);
    const read = Object.entries(raw).map(([field, value]) => {
      const param = `${name}[${field}]`;
      key(field, param);
      return [field, reader(value, param)] as const;
    });
    return Object.fromEntries(read);
  });

/** An array; the form parser makes an object of it when its indexes are large. */
export const list = <T>(reader: Reader<T>): Reader<T[]> =>
  wrapping(
    reader,
    present((raw, param) => {
      const items = isObject(raw) && Object.keys(raw).every((key) => /^\d+$/.test(key)) ? Object.values(raw) : raw;
      if (!Array.isArray(items)) throw invalidRequest('Invalid array', param);
      return items.map((item, index) => reader(item, `${param}[${index}]`));
    }),
  );

const isObject = (raw: unknown): raw is Record<string, unknown> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);
