import { OperatorError } from '../../config/settings.error.js';
import { invalidAmountReason } from '../../payments/state/money.js';
import type { CatalogItem } from './catalog.js';
import { isName, isRange, NAME_RULE, RANGE_RULE, shown } from './catalog-rules.js';
import { choiceFaults } from './choices-check.js';
import { groupFaults, planFaults } from './plan-check.js';

/** The catalog is not valid. Lists everything that is wrong. */
export class CatalogError extends OperatorError {
  constructor(readonly faults: readonly string[]) {
    super(
      ['The catalog (src/billing/catalog/catalog.ts) is not right:', ...faults.map((fault) => `  ${fault}`)].join('\n'),
    );
  }
}

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
  faults.push(...choiceFaults(item));
  if (item.plan) faults.push(...planFaults(item.plan), ...groupFaults(item, items.slice(0, index)));
  const named = isName(item.lookupKey) ? ` (${item.lookupKey})` : '';
  return faults.map((fault) => `Item ${index + 1}${named}, ${fault}`);
}

function currencyFault(currency: unknown): string | undefined {
  if (typeof currency === 'string' && CURRENCIES.has(currency)) return undefined;
  const lower = String(currency).trim().toLowerCase();
  if (CURRENCIES.has(lower)) return `in lower case, "${lower}", not ${shown(currency)}.`;
  return `a code of ISO 4217 such as "usd", not ${shown(currency)}.`;
}

const ABOVE_0 = 'A number of minor units above 0.';
const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
