import type { Figures, Group } from './summary.js';

/** The least percentages that CI takes. They only go up: raise one when a change has mended more. */
export const FLOORS: Partial<Record<Group, Partial<Record<keyof Figures, number>>>> = {
  'all (new)': { statuses: 100, errors: 100, amounts: 99, shapes: 99 },
  'all (old)': { statuses: 98, errors: 93 },
  'catalog-and-customers (new)': { statuses: 100, amounts: 100, shapes: 99 },
  'catalog-and-customers (old)': { statuses: 95 },
  'errors (new)': { statuses: 100, errors: 100, amounts: 100, shapes: 100 },
  'errors (old)': { statuses: 99, errors: 94 },
  'payments (new)': { statuses: 100, amounts: 99, shapes: 99 },
  'payments (old)': { statuses: 98, amounts: 77 },
  'subscriptions (new)': { statuses: 100, errors: 100, amounts: 99, shapes: 100 },
  'subscriptions (old)': { statuses: 99, amounts: 86 },
};
