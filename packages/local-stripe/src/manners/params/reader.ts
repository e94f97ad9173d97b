import { missingParameter } from '../refusals.js';

/** Turns a parameter as it came over the wire into a value, or refuses it under its name. */
export type Reader<T> = (raw: unknown, param: string) => T;

export type ValueOf<R> = R extends Reader<infer T> ? T : never;

export const optional =
  <T>(reader: Reader<T>): Reader<T | undefined> =>
  (raw, param) =>
    raw === undefined ? undefined : reader(raw, param);

/** For parameters that an empty string unsets. */
export const emptyable =
  <T>(reader: Reader<T>): Reader<T | null> =>
  (raw, param) =>
    raw === '' ? null : reader(raw, param);

/** A reader that may rely on there being something to read. */
export const present =
  <T>(reader: Reader<T>): Reader<T> =>
  (raw, param) => {
    if (raw === undefined) throw missingParameter(param);
    return reader(raw, param);
  };
