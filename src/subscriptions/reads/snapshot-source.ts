import type { EntityManager } from 'typeorm';
import type { ReadKind } from './stripe-read.entity.js';

/** What a snapshot was read for. */
export interface SnapshotContext {
  id: string;
  /** What was reported last: for the history. */
  cause: string;
  /** When that happened, by Stripe's clock. */
  at: Date;
  actor: string | undefined;
  /** When the read began. */
  readAt: Date;
  /** Whether it is an event's payload, since Stripe could not be read: to be stored only where it is later than what is stored. */
  provisional: boolean;
}

/** How one kind of object is read from Stripe and stored. `T` has Stripe's shape. */
export interface SnapshotSource<T = object> {
  readonly kind: ReadKind;
  /** Calls Stripe. Undefined where it has no such object. */
  read(id: string): Promise<T | undefined>;
  /** What `lockKeys` locks before rows of the object are: the same keys as for its events. */
  lockKeys(object: T): string[];
  /** Stores what was read, in the transaction that also uses up the ticket. No network. `object` is undefined where there is none. */
  write(tx: EntityManager, object: T | undefined, context: SnapshotContext): Promise<void>;
}
