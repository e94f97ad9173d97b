import { Column, type ColumnOptions, type ValueTransformer } from 'typeorm';

/** PostgreSQL gives 64-bit integers as text, SQLite as numbers. Both must fit a JavaScript integer; a RangeError says where not. */
const integer: ValueTransformer = {
  to: (value: number | null | undefined) => {
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      throw new RangeError(`${value} is not a whole number`);
    return value;
  },
  from: (value: number | string | null) => {
    if (value === null) return null;
    const read = Number(value);
    if (!Number.isSafeInteger(read)) throw new RangeError(`${value} in the database is no safe integer`);
    return read;
  },
};

const instant: ValueTransformer = {
  to: (value: Date | null | undefined) => (value instanceof Date ? value.getTime() : value),
  from: (value: number | string | null) => (value === null ? null : new Date(Number(value))),
};

/** 1 and 0 on both engines, so that a copy from one to the other is the same. */
const flag: ValueTransformer = {
  to: (value: boolean | null | undefined) => (typeof value === 'boolean' ? Number(value) : value),
  from: (value: number | null) => (value === null ? null : value === 1),
};

/** An amount in the currency's minor unit, as a 64-bit integer; RangeError for anything else. */
export const AmountColumn = (options: ColumnOptions = {}) =>
  Column({ type: 'bigint', transformer: integer, ...options });

/** A Date, stored as milliseconds since 1970, which both engines sort and compare alike. */
export const InstantColumn = (options: ColumnOptions = {}) =>
  Column({ type: 'bigint', transformer: instant, ...options });

/** A boolean, stored as 1 or 0; `null` where the options say `nullable`. */
export const FlagColumn = (options: ColumnOptions = {}) => Column({ type: 'integer', transformer: flag, ...options });

/** Text, `null` where there is none. */
export const OptionalText = (options: ColumnOptions = {}) => Column({ type: 'varchar', nullable: true, ...options });
