import type { EntityManager } from 'typeorm';
import type { StripeEventOf, StripeEventType } from '../stripe/stripe.types.js';
import { DiscoveryService } from '@nestjs/core';

/** What a handler is told besides the event. */
export interface HandlingContext {
  /** The same on every attempt of this handler on this event: give it to whatever is called outside the database. */
  idempotencyKey: string;
}

/** Acts on one type of event, or on several. Found by its `@HandlesStripeEvent` decorator. */
export interface StripeEventHandler<K extends StripeEventType, Loaded = unknown> {
  /**
   * Whether it takes events that happened on connected accounts (`event.account`), which reach handlers with
   * CONNECTED_ACCOUNTS=true alone. Defaults to false: what happens to others' money is not taken for ours.
   */
  readonly takesConnectedAccounts?: boolean;

  /**
   * Why this handler leaves this event alone, such as a part that it must know and the event does not carry; `undefined` where it
   * handles it. Asked before `load` and `apply`, which are not called then. Looks at the event and at nothing else. An event that
   * all its handlers leave alone is stored as ignored, with the reason. Where it throws, that is a failed attempt.
   */
  reasonToIgnore?(event: StripeEventOf<K>): string | undefined;

  /** Runs before the transaction, and again on each attempt: the only place to call Stripe or anybody else. */
  load?(event: StripeEventOf<K>, context: HandlingContext): Promise<Loaded>;

  /** Runs inside the transaction that also marks this run done: its effects in the database happen exactly once. */
  apply(event: StripeEventOf<K>, tx: EntityManager, loaded: Loaded): Promise<void>;

  /**
   * The same for many events of a moment, in as few statements as it can; for handlers without `load` that want to be fast.
   * Where it throws, each event goes through `apply` on its own.
   */
  applyAll?(events: StripeEventOf<K>[], tx: EntityManager): Promise<void>;
}

/** Marks a handler for the registry; use `@HandlesStripeEvent`, which checks the types. */
export const HandledEventTypes = DiscoveryService.createDecorator<readonly StripeEventType[]>();

/** A handler of these events, whatever it loads. */
interface HandlerOf<K extends StripeEventType> {
  // Properties, not methods: TypeScript checks the parameters of a method both ways, and would let a narrower one pass.
  readonly takesConnectedAccounts?: boolean;
  reasonToIgnore?: (event: StripeEventOf<K>) => string | undefined;
  load?: (event: StripeEventOf<K>, context: HandlingContext) => Promise<unknown>;
  apply: (event: StripeEventOf<K>, tx: EntityManager, loaded: never) => Promise<void>;
  applyAll?: (events: StripeEventOf<K>[], tx: EntityManager) => Promise<void>;
}
type HandlerClass<K extends StripeEventType> = new (...dependencies: never[]) => HandlerOf<K>;

/**
 * Says which events a class handles. A name that Stripe does not have, or a class that expects another event, does not
 * compile. List the class among the `providers` of its module.
 */
export function HandlesStripeEvent<K extends StripeEventType>(...types: K[]) {
  return (target: HandlerClass<K>): void => {
    HandledEventTypes(types)(target);
  };
}
