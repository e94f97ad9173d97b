import type { EntityManager } from 'typeorm';
import { maskSecrets } from '../../config/secrets.js';
import { toUnixSeconds } from '../../stripe/stripe-fields.js';
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

/** Something that could not be compared or repaired. The rest of the run went on. */
export interface ReconcileError {
  /** One object, such as `invoice in_1`, or a whole kind, such as `invoices`. */
  what: string;
  error: string;
}

/** After this many failures without a success between them, the rest of a kind is left out: Stripe or the database is away. */
const FAILURES_TO_STOP = 3;

/** The errors of one kind of object: one that fails does not keep the others from being compared. */
export class ReconcileErrors {
  readonly list: ReconcileError[] = [];
  private inARow = 0;

  /** Resolves with what `work` gives; with undefined where it failed, which is noted. */
  async attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      this.inARow = 0;
      return result;
    } catch (error) {
      this.inARow += 1;
      this.list.push({ what, error: maskSecrets(error instanceof Error ? error.message : String(error)) });
      return undefined;
    }
  }

  /** Whether so many failed in a row that the others would, too. */
  get shouldStop(): boolean {
    return this.inARow >= FAILURES_TO_STOP;
  }
}

/** Compares one kind of Stripe object with the rows, and repairs them with the code that events use. */
export interface Check<T extends { id: string }> {
  /** For progress lines. */
  readonly name: string;
  /** Objects of other apps are skipped. `readAt`: as `secondBefore` the read of them. */
  compare(objects: readonly T[], readAt: Date): Promise<Difference[]>;
  /** Stores what the object says, unless an event reported a later state since it was read. */
  repair(tx: EntityManager, object: T, readAt: Date): Promise<void>;
}

/**
 * The time of what is read from now on, to store it with: any change that the read may have missed has an event of a later second.
 * Stripe's times have whole seconds, and so has this one.
 */
export const secondBefore = (now: Date): Date => new Date((toUnixSeconds(now) - 1) * 1_000);

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
