/** The id of what Stripe names: by its id alone, or whole where it was expanded. `undefined` where neither says one. */
export function idOf(reference: string | { id: string } | null | undefined): string | undefined {
  const id: unknown = typeof reference === 'object' && reference !== null ? reference.id : reference;
  return typeof id === 'string' && id !== '' ? id : undefined;
}
