/** The id of what Stripe names: by its id alone, or whole where it was expanded. `undefined` where neither says one. */
export function idOf(reference: string | { id: string } | null | undefined): string | undefined {
  const id: unknown = typeof reference === 'object' && reference !== null ? reference.id : reference;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** A word of Stripe's, such as an id, a currency or a reason: `undefined` for all else that an event may hold in its place. */
export const identifierOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w-]{1,255}$/.test(value) ? value : undefined;

/** The moment that Stripe gives as seconds since 1970; `null` for 0, for what is missing, and for anything else. */
export function fromUnixSeconds(seconds: unknown): Date | null {
  if (typeof seconds !== 'number' || seconds <= 0 || seconds > LAST_SECOND) return null;
  return Number.isSafeInteger(seconds) ? new Date(seconds * 1_000) : null;
}

/** The end of the year 9999: what is beyond it cannot be shown. */
const LAST_SECOND = 253_402_300_799;
