import type { Figures, Group } from './summary.js';

/** The least percentages that CI takes. They only go up: raise one when a change has mended more. */
export const FLOORS: Partial<Record<Group, Partial<Record<keyof Figures, number>>>> = {
  'all (new)': { statuses: 98, errors: 78, amounts: 87, shapes: 75 },
  'all (old)': { statuses: 93 },
  'catalog-and-customers (new)': { statuses: 100, amounts: 83, shapes: 88 },
  'catalog-and-customers (old)': { statuses: 93 },
  'errors (new)': { statuses: 97, errors: 93, amounts: 96, shapes: 91 },
  'errors (old)': { statuses: 90, errors: 81 },
  'payments (new)': { statuses: 100, amounts: 93, shapes: 89 },
  'payments (old)': { statuses: 91, amounts: 73 },
  'subscriptions (new)': { statuses: 98, errors: 72, amounts: 86, shapes: 63 },
  'subscriptions (old)': { statuses: 95 },
};
