import type { Figures, Group } from './summary.js';

/** The least percentages that CI takes. They only go up: raise one when a change has mended more. */
export const FLOORS: Partial<Record<Group, Partial<Record<keyof Figures, number>>>> = {
  'all (new)': { statuses: 99, errors: 92, amounts: 98, shapes: 97 },
  'all (old)': { statuses: 96, errors: 90 },
  'catalog-and-customers (new)': { statuses: 100, amounts: 92, shapes: 97 },
  'catalog-and-customers (old)': { statuses: 91, amounts: 68 },
  'errors (new)': { statuses: 100, errors: 100, amounts: 100, shapes: 100 },
  'errors (old)': { statuses: 97, errors: 94 },
  'payments (new)': { statuses: 100, amounts: 93, shapes: 96 },
  'payments (old)': { statuses: 97, amounts: 76 },
  'subscriptions (new)': { statuses: 98, errors: 88, amounts: 99, shapes: 97 },
  'subscriptions (old)': { statuses: 95 },
};
