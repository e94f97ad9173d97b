import type { Price, StoredObject } from './wire.js';

type Node = Record<string, unknown>;

/** The object and its old fields as an event shows them: without the tiers that are stored inside of prices. */
export function withoutTiers(object: StoredObject, previous: Node | undefined): [StoredObject, Node | undefined] {
  if (!hasTiers(object)) return [object, previous];
  return [drop(object) as StoredObject, previous && (drop(previous) as Node)];
}

function hasTiers(object: StoredObject): boolean {
  if (object.object === 'price') return (object as Price).tier_table !== undefined;
  return object.object === 'subscription' && object.items.data.some(({ price }) => price.tier_table !== undefined);
}

function drop(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => drop(each));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([name]) => name !== 'tier_table');
  return Object.fromEntries(fields.map(([name, inner]) => [name, drop(inner)]));
}
