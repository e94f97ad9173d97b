import type { Stripe } from 'stripe';
import type { CheckoutChoices } from './stripe.types.js';

type Country = Stripe.Checkout.SessionCreateParams.ShippingAddressCollection.AllowedCountry;

/** The parameters of a Checkout Session for what its page offers besides. */
export const choicesOf = ({ promotionCodes, automaticTax, taxIds, ...shipping }: CheckoutChoices) => ({
  ...(promotionCodes && { allow_promotion_codes: true }),
  ...(automaticTax && { automatic_tax: { enabled: true } }),
  ...(taxIds && { tax_id_collection: { enabled: true } }),
  ...(shipping.shippingCountries && {
    shipping_address_collection: { allowed_countries: [...shipping.shippingCountries] as Country[] },
  }),
  ...(shipping.shippingRates && {
    shipping_options: shipping.shippingRates.map((rate) => ({ shipping_rate: rate })),
  }),
  // Stripe needs an address and a name for taxes, and stores what the customer enters on the customer that it knows.
  ...((automaticTax || taxIds) && {
    customer_update: {
      address: 'auto' as const,
      name: 'auto' as const,
      ...(shipping.shippingCountries && { shipping: 'auto' as const }),
    },
  }),
});

/** The id of an object that Stripe gives as an id or, where it was expanded, whole. `undefined` where there is no id. */
export function idOf(reference: string | { id: string } | null | undefined): string | undefined {
  const id: unknown = typeof reference === 'object' && reference !== null ? reference.id : reference;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** An id, a currency, a reason or another code of Stripe's, at most 255 characters; `undefined` for any other value. */
export const identifierOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w-]{1,255}$/.test(value) ? value : undefined;

/** The end of the year 9999, in seconds: later dates cannot be shown. */
const LAST_SECOND = 253_402_300_799;

/** The date of a Unix time in whole seconds, as Stripe gives it; `null` for 0 and for anything that is no such time. */
export function fromUnixSeconds(seconds: unknown): Date | null {
  if (typeof seconds !== 'number' || seconds <= 0 || seconds > LAST_SECOND) return null;
  return Number.isSafeInteger(seconds) ? new Date(seconds * 1_000) : null;
}

/** The entries of a list of Stripe's that are objects; none where an event has anything else in its place. */
export function entriesOf<T extends object>(list: { data?: T[] | null } | null | undefined): T[] {
  const data: unknown = list?.data;
  return Array.isArray(data) ? data.filter((entry): entry is T => isObject(entry)) : [];
}

/** A whole number, of any sign; `null` for any other value. */
export const wholeOf = (value: unknown): number | null => (isWhole(value) ? value : null);

/** A moment as Stripe's API takes it: whole seconds since 1970, rounded down. */
export const toUnixSeconds = (moment: Date): number => Math.floor(moment.getTime() / 1_000);

/** What a field must hold to be readable. */
const KINDS = {
  /** A word of Stripe's: an id, a currency, a status. */
  word: isWord,
  /** A whole number from 0: an amount in minor units. */
  amount: (value: unknown) => isWhole(value) && value >= 0,
  /** A whole number from 1: an amount in minor units that moved. */
  positiveAmount: (value: unknown) => isWhole(value) && value > 0,
  /** Another object of Stripe's, by its id alone or expanded. */
  reference: (value: unknown) => isWord(isObject(value) ? value.id : value),
};

/** The fields that must be readable before facts can be taken from an object, by name. */
export type RequiredFields = Readonly<Record<string, keyof typeof KINDS>>;

/**
 * Why no facts can be taken from an object of Stripe's, such as `the refund has no readable amount`; `undefined` where every
 * required field is readable. An event may leave any field out, or hold anything in its place.
 * @param noun what the object is, for the sentence
 */
export function missingField(noun: string, object: unknown, required: RequiredFields): string | undefined {
  const fields = isObject(object) ? object : {};
  const missing = Object.keys(required).find((name) => !KINDS[required[name] ?? 'word'](fields[name]));
  if (missing === undefined) return undefined;
  if (missing !== 'payment_intent') return `the ${noun} has no readable ${missing}`;
  return `the ${noun} has no readable Payment Intent: it belongs to a charge that this app did not make`;
}

/** The source of the facts that an event brings: its id, and its time by Stripe's clock. */
export const sourceOf = ({ id, created }: { id: string; created: number }): { cause: string; at: Date } => ({
  cause: id,
  at: new Date(created * 1_000),
});

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

function isWord(value: unknown): boolean {
  return typeof value === 'string' && /^[\w-]{1,255}$/.test(value);
}
