import { shown } from './catalog-rules.js';
import type { CatalogItem } from './catalog.js';

/** Stripe allows 50 names of 40 characters with texts of 500; this app adds a few of its own. */
const MOST_METADATA = 40;
const LONGEST_METADATA_NAME = 40;
const LONGEST_METADATA_TEXT = 500;
/** What this app writes, and finds payments and plans by. */
const OWN_METADATA = ['app_name', 'payment_id', 'checkout_id', 'lookup_key', 'customer_id'];

/** What is wrong with the choices that an item's Checkout page offers, and with its metadata. */
export function choiceFaults({ checkout = {}, metadata = {}, plan }: CatalogItem): string[] {
  const { shippingCountries, shippingRates } = checkout;
  const faults: string[] = [];
  for (const choice of ['promotionCodes', 'automaticTax', 'taxIds'] as const)
    if (checkout[choice] !== undefined && typeof checkout[choice] !== 'boolean')
      faults.push(`checkout.${choice}: true or false, not ${shown(checkout[choice])}.`);
  if (shippingCountries && !isListOf(shippingCountries, /^[A-Z]{2}$/))
    faults.push(
      `checkout.shippingCountries: codes of ISO 3166 such as "DE", at least one, not ${shown(shippingCountries)}.`,
    );
  if (shippingRates && !isListOf(shippingRates, /^shr_\w+$/))
    faults.push(
      `checkout.shippingRates: ids of shipping rates at Stripe, "shr_…", at least one, not ${shown(shippingRates)}.`,
    );
  if (shippingRates && plan) faults.push('checkout.shippingRates: Stripe has none for plans.');
  if (Object.keys(metadata).length > MOST_METADATA) faults.push(`metadata: at most ${MOST_METADATA} texts.`);
  for (const [name, text] of Object.entries(metadata)) {
    if (OWN_METADATA.includes(name)) faults.push(`metadata.${name}: this app has it for itself.`);
    if (name.length > LONGEST_METADATA_NAME || /[[\]]/.test(name))
      faults.push(
        `metadata: names of at most ${LONGEST_METADATA_NAME} characters without brackets, not ${shown(name)}.`,
      );
    if (typeof text !== 'string' || text.length > LONGEST_METADATA_TEXT)
      faults.push(`metadata.${name}: a text of at most ${LONGEST_METADATA_TEXT} characters.`);
  }
  return faults;
}

const isListOf = (list: readonly string[], shape: RegExp): boolean =>
  Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'string' && shape.test(one));
