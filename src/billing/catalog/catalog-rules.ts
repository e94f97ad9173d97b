/** Stripe's limit for the id of a product and for a lookup key. */
const LONGEST_NAME = 200;

export const NAME_RULE = `1 to ${LONGEST_NAME} characters without spaces or slashes`;
export const RANGE_RULE = 'whole numbers with 1 <= min <= max <= 999999';

export const isName = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= LONGEST_NAME && /^[^\s/?#]+$/.test(value);

export const isWhole = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;

/** A number of things or seats that may be bought. */
export const isRange = ({ min, max }: { min: number; max: number }): boolean =>
  isWhole(max, 1, 999_999) && isWhole(min, 1, max);

/** A value as it stands in a message. */
export const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
