import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogItem } from '../../src/billing/catalog/catalog.js';

/** What the shop of the year sells; `shop.mjs` gives it to the app. */
export const catalogOfTheYear = JSON.parse(
  readFileSync(join(import.meta.dirname, 'catalog.json'), 'utf8'),
) as CatalogItem[];

/** The lookup keys of its plans, by group. */
export const PLAN_KEYS = {
  main: ['pro_monthly', 'pro_yearly', 'basic_monthly'],
  storage: ['storage_monthly'],
} as const;

export const FEATURES = [...new Set(catalogOfTheYear.flatMap(({ plan }) => plan?.features ?? []))].toSorted();
