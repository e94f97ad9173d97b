import type { FieldDifference } from '../../payments/reconcile/check.js';

export type ReconciledKind = 'customer' | 'subscription' | 'invoice';

/** How an object at Stripe and its row differ. */
export interface Differing {
  /** Empty where one of the two does not exist. */
  fields: readonly FieldDifference[];
  /** Where it does not exist, `here` or at `stripe`; undefined: on both sides it does. */
  missing?: 'here' | 'stripe';
  /** Why they differ, as far as that can be seen here. */
  cause: string;
}

/** How one kind of object is compared with its rows, and repaired. */
export interface SnapshotCheck<T extends { id: string }> {
  readonly kind: ReconciledKind;
  /** For progress lines and errors. */
  readonly name: string;
  /** Stripe's objects that may have changed since then, in pages. Those that are not ours may be among them. */
  pages(since: Date): AsyncIterable<T[]>;
  /** Ids of rows here that may still change, however old. Those that no page has are read one by one. */
  openIds(): Promise<string[]>;
  /** One object from Stripe; undefined where it has none. */
  read(id: string): Promise<T | undefined>;
  /** `same`: nothing differs; undefined: the object is not ours. */
  compare(object: T): Promise<Differing | 'same' | undefined>;
  /** The same for a row of which Stripe has no object. */
  compareMissing(id: string): Promise<Differing | 'same'>;
  /** Its status at Stripe. */
  says(object: T): string;
  /** Stores what Stripe says of an object. */
  repair(object: T): Promise<void>;
  /** Stores that Stripe has no such object. */
  repairMissing(id: string): Promise<void>;
}

/** Why Stripe does not know an object whose id it once gave. */
export const NOT_AT_STRIPE =
  'Stripe has none of this id: it was made with the key of another account or mode, or was deleted as test data';
