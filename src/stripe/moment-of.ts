/** The moment that Stripe gives as seconds since 1970; `null` for 0, for what is missing, and for anything else. */
export function momentOf(seconds: unknown): Date | null {
  if (typeof seconds !== 'number' || seconds <= 0 || seconds > LAST_SECOND) return null;
  return Number.isSafeInteger(seconds) ? new Date(seconds * 1_000) : null;
}

/** The end of the year 9999: what is beyond it cannot be shown. */
const LAST_SECOND = 253_402_300_799;
