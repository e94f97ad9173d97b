import type { FieldDifference } from '../../payments/reconcile/check.js';
import type { ReadKind } from '../reads/stripe-read.entity.js';

/** How one kind of object is compared with its row. What differs is repaired by reading it again. */
export interface SnapshotCheck<T extends { id: string }> {
  readonly kind: ReadKind;
  /** For progress lines. */
  readonly name: string;
  /** Stripe's objects that may have changed since then, in pages. */
  pages(since: Date): AsyncIterable<T[]>;
  /** Ids of rows here that may still change, however old. */
  openIds(): Promise<string[]>;
  /** One object from Stripe; undefined where it has none. */
  read(id: string): Promise<T | undefined>;
  /** Fields that differ, empty for none; `missing`: there is no row; undefined: it is not ours. */
  compare(object: T): Promise<readonly FieldDifference[] | 'missing' | undefined>;
  /** Its status at Stripe. */
  says(object: T): string;
}
