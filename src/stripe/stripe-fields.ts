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

/** A moment as Stripe's API takes it: whole seconds since 1970, rounded down. */
export const toUnixSeconds = (moment: Date): number => Math.floor(moment.getTime() / 1_000);
