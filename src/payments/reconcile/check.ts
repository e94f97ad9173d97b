import type { EntityManager } from 'typeorm';
import { changedKeys } from '../store/payment-store.service.js';

/** A property of a row whose value differs from the one that follows from Stripe's object. */
export interface FieldDifference {
  field: string;
  /** Times as ISO 8601 in UTC, flags as 1 or 0. */
  here: string | number | null;
  stripe: string | number | null;
}

/** An object at Stripe that differs from the rows here. */
export interface Difference {
  kind: 'checkout_session' | 'refund' | 'dispute';
  /** Stripe's id. */
  id: string;
  /** Our id; `null` where the payment is missing here. */
  paymentId: string | null;
  /** Its status at Stripe, such as `complete, paid`. */
  says: string;
  /** Empty where the object is missing here. */
  fields: FieldDifference[];
}

/** Compares one kind of Stripe object with the rows, and repairs them with the code that events use. */
export interface Check<T extends { id: string }> {
  /** For progress lines. */
  readonly name: string;
  /** Objects of other apps are skipped. */
  compare(objects: readonly T[]): Promise<Difference[]>;
  /** Stores what the object says. */
  repair(tx: EntityManager, object: T): Promise<void>;
}

/** The properties in which a row differs from what Stripe's object makes of it. */
export const fieldsOf = <Row extends object>(here: Row, stripe: Row): FieldDifference[] =>
  changedKeys(here, stripe).map((field) => ({
    field: String(field),
    here: plain(here[field]),
    stripe: plain(stripe[field]),
  }));

function plain(value: unknown): string | number | null {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}
