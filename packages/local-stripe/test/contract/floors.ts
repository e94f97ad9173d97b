import type { Figures, Group } from './summary.js';

/** The least percentages that CI takes. They only go up: raise one when a change has mended more. */
export const FLOORS: Partial<Record<Group, Partial<Record<keyof Figures, number>>>> = {
  'all (new)': { statuses: 99, errors: 95, amounts: 99, shapes: 98 },
  'all (old)': { statuses: 98, errors: 88 },
  'catalog-and-customers (new)': { statuses: 100, amounts: 92, shapes: 97 },
  'catalog-and-customers (old)': { statuses: 95 },
  'errors (new)': { statuses: 97, errors: 93, amounts: 100, shapes: 97 },
  'errors (old)': { statuses: 98, errors: 92 },
  'payments (new)': { statuses: 100, amounts: 99, shapes: 98 },
  'payments (old)': { statuses: 98, amounts: 77 },
  'subscriptions (new)': { statuses: 99, errors: 96, amounts: 99, shapes: 99 },
  'subscriptions (old)': { statuses: 99, amounts: 86 },
};
