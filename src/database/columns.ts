import { Column, type ColumnOptions, type ValueTransformer } from 'typeorm';

/** PostgreSQL hands 64-bit integers over as text; SQLite as numbers. Ours all fit a JavaScript integer, and say so. */
const integer: ValueTransformer = {
  to: (value: number | null | undefined) => {
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      throw new RangeError(`${value} is not a whole number`);
    return value;
  },
  from: (value: number | string | null) => {
    if (value === null) return null;
    const read = Number(value);
    if (!Number.isSafeInteger(read)) throw new RangeError(`${value} in the database is not an integer we can hold`);
    return read;
  },
};

const instant: ValueTransformer = {
  to: (value: Date | null | undefined) => (value instanceof Date ? value.getTime() : value),
  from: (value: number | string | null) => (value === null ? null : new Date(Number(value))),
};

/** Both engines keep 1 and 0, so that a copy from one to the other is the same. */
const flag: ValueTransformer = {
  to: (value: boolean | null | undefined) => (typeof value === 'boolean' ? Number(value) : value),
  from: (value: number | null) => (value === null ? null : value === 1),
};

/** An amount in the currency's minor unit, as a 64-bit integer. */
export const AmountColumn = (options: ColumnOptions = {}) =>
  Column({ type: 'bigint', transformer: integer, ...options });

/** A moment, kept as milliseconds since 1970 so that both engines sort and compare it alike. */
export const InstantColumn = (options: ColumnOptions = {}) =>
  Column({ type: 'bigint', transformer: instant, ...options });

/** Yes or no; `null` where that is not known and the options say `nullable`. */
export const FlagColumn = (options: ColumnOptions = {}) => Column({ type: 'integer', transformer: flag, ...options });

/** Text, `null` where there is none. */
export const OptionalText = (options: ColumnOptions = {}) => Column({ type: 'varchar', nullable: true, ...options });
