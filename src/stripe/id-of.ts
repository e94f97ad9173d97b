/** The id of what Stripe names: by its id alone, or whole where it was expanded. `undefined` where neither says one. */
export function idOf(reference: string | { id: string } | null | undefined): string | undefined {
  const id: unknown = typeof reference === 'object' && reference !== null ? reference.id : reference;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** A word of Stripe's, such as an id, a currency or a reason: `undefined` for all else that an event may hold in its place. */
export const wordOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w-]{1,255}$/.test(value) ? value : undefined;
