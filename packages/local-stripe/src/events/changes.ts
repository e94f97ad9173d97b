type Fields = Record<string, unknown>;

/**
 * What an update replaced, as in an event's `data.previous_attributes`: the old values of the changed fields alone, inside
 * nested objects too; null for what was not there.
 */
export function previousAttributes(before: object, after: object): Fields {
  const previous: Fields = {};
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = (before as Fields)[field];
    const is = (after as Fields)[field];
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    previous[field] = isPlainObject(was) && isPlainObject(is) ? previousAttributes(was, is) : (was ?? null);
  }
  return previous;
}

const isPlainObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
