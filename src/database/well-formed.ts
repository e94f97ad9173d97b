/**
 * Text as every engine takes it: PostgreSQL refuses a NUL and half of a surrogate pair, in text and in JSON, and would refuse
 * with them every row of the same statement. Each is replaced by U+FFFD, as text decoders do.
 */
export function wellFormed(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '\uFFFD') : whole;
}

/** A parameter of a statement, or a list of them, with its text made well-formed. */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  return Array.isArray(value) ? value.map(storable) : value;
}
