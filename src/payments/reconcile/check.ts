import type { EntityManager } from 'typeorm';
import { changedKeys } from '../store/payment-row.js';

/** How a property of a row differs from what Stripe's object makes of it. */
export interface FieldDifference {
  field: string;
  here: string | number | null;
  stripe: string | number | null;
}

/** An object at Stripe that the rows here do not agree with. */
export interface Difference {
  kind: 'checkout_session' | 'refund' | 'dispute';
  /** Stripe's id. */
  id: string;
  /** Ours; none where the payment is not here at all. */
  paymentId: string | null;
  /** What Stripe says of it, such as `complete, paid`. */
  says: string;
  /** None where it is not here at all. */
  fields: FieldDifference[];
}

/** Compares one kind of object with the rows, and brings it in by the code that events use. */
export interface Check<T extends { id: string }> {
  readonly name: string;
  /** Objects of other apps are passed over. */
  compare(objects: readonly T[]): Promise<Difference[]>;
  repair(tx: EntityManager, object: T): Promise<void>;
}

/** The properties in which what is here differs from what it should be. */
export const fieldsOf = <Row extends object>(here: Row, stripe: Row): FieldDifference[] =>
  changedKeys(here, stripe).map((field) => ({
    field: String(field),
    here: plain(here[field]),
    stripe: plain(stripe[field]),
  }));

function plain(value: unknown): string | number | null {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}
