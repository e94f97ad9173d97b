import { OperatorError } from '../../config/settings.error.js';
import { invalidAmountReason } from '../../payments/state/money.js';
import type { CatalogItem, PlanTerms } from './catalog.js';

/** The catalog is not valid. Lists everything that is wrong. */
export class CatalogError extends OperatorError {
  constructor(readonly faults: readonly string[]) {
    super(
      ['The catalog (src/billing/catalog/catalog.ts) is not right:', ...faults.map((fault) => `  ${fault}`)].join('\n'),
    );
  }
}

/** Stripe's limit for the id of a product and for a lookup key. */
const LONGEST_NAME = 200;
/** Every code of ISO 4217, in lower case as at Stripe. `std` is known to Stripe only. */
const CURRENCIES = new Set([...Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()), 'std']);

/** @throws CatalogError */
export function checkCatalog(items: readonly CatalogItem[]): void {
  const faults = items.flatMap(faultsOf);
  if (faults.length > 0) throw new CatalogError(faults);
}

function faultsOf(item: CatalogItem, index: number, items: readonly CatalogItem[]): string[] {
  const faults: string[] = [];
  if (!isName(item.lookupKey)) faults.push(`lookupKey: ${NAME_RULE}, not ${shown(item.lookupKey)}.`);
  else if (items.findIndex(({ lookupKey }) => lookupKey === item.lookupKey) < index)
    faults.push(`lookupKey: an item before this one has ${shown(item.lookupKey)} already; each needs its own.`);
  if (!isName(item.productId)) faults.push(`productId: ${NAME_RULE}, not ${shown(item.productId)}.`);
  for (const property of ['name', 'description'] as const)
    if (!isText(item[property])) faults.push(`${property}: some text, not ${shown(item[property])}.`);
  const currency = currencyFault(item.currency);
  if (currency) faults.push(`currency: ${currency}`);
  const amount = item.amount > 0 ? invalidAmountReason(item.amount, currency ? 'usd' : item.currency) : ABOVE_0;
  if (amount) faults.push(`amount: ${amount}`);
  if (item.quantity && !isRange(item.quantity)) faults.push(`quantity: ${RANGE_RULE}, not ${shown(item.quantity)}.`);
  if (item.quantity && item.plan) faults.push('quantity: a plan has seats instead.');
  if (item.plan) faults.push(...planFaults(item.plan));
  const named = isName(item.lookupKey) ? ` (${item.lookupKey})` : '';
  return faults.map((fault) => `Item ${index + 1}${named}, ${fault}`);
}

/** How long Stripe allows a period and a trial to be. */
const MOST_INTERVALS: Readonly<Record<string, number>> = { day: 1_095, week: 156, month: 36, year: 3 };
const MOST_TRIAL_DAYS = 730;
/** Stripe's limit for the lookup key of a feature. */
const LONGEST_FEATURE = 80;

function planFaults({ interval, intervalCount = 1, trialDays = 0, seats, group, features = [] }: PlanTerms): string[] {
  const faults: string[] = [];
  const most = MOST_INTERVALS[interval];
  if (most === undefined) faults.push(`plan.interval: day, week, month or year, not ${shown(interval)}.`);
  else if (!isWhole(intervalCount, 1, most))
    faults.push(`plan.intervalCount: a whole number from 1 to ${most}, not ${shown(intervalCount)}.`);
  if (!isWhole(trialDays, 0, MOST_TRIAL_DAYS))
    faults.push(`plan.trialDays: a whole number from 0 to ${MOST_TRIAL_DAYS}, not ${shown(trialDays)}.`);
  if (seats && !isRange(seats)) faults.push(`plan.seats: ${RANGE_RULE}, not ${shown(seats)}.`);
  if (group !== undefined && !isName(group)) faults.push(`plan.group: ${NAME_RULE}, not ${shown(group)}.`);
  for (const feature of features)
    if (!isName(feature) || feature.length > LONGEST_FEATURE)
      faults.push(
        `plan.features: 1 to ${LONGEST_FEATURE} characters without spaces or slashes, not ${shown(feature)}.`,
      );
  return faults;
}

const RANGE_RULE = 'whole numbers with 1 <= min <= max <= 999999';
const isWhole = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;
const isRange = ({ min, max }: { min: number; max: number }): boolean =>
  isWhole(max, 1, 999_999) && isWhole(min, 1, max);

function currencyFault(currency: unknown): string | undefined {
  if (typeof currency === 'string' && CURRENCIES.has(currency)) return undefined;
  const lower = String(currency).trim().toLowerCase();
  if (CURRENCIES.has(lower)) return `in lower case, "${lower}", not ${shown(currency)}.`;
  return `a code of ISO 4217 such as "usd", not ${shown(currency)}.`;
}

const ABOVE_0 = 'A number of minor units above 0.';
const NAME_RULE = `1 to ${LONGEST_NAME} characters without spaces or slashes`;
const isName = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= LONGEST_NAME && /^[^\s/?#]+$/.test(value);
const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
