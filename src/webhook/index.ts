import { DiscoveryService } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import type { StripeEventOf, StripeEventType } from '../stripe/stripe.types.js';

/** All that the author of an event handler imports. The other files of this folder are the machinery behind it. */
export type { StripeEventOf, StripeEventType } from '../stripe/stripe.types.js';

/** What `load` gets besides the event. */
export interface HandlingContext {
  /** `<event id>:<class name>`, the same on every attempt: pass it to every call that must not be carried out twice. */
  idempotencyKey: string;
}

/** Why `apply` left an event alone, by what is stored here, such as `the customer cus_1 is not one of this app's`. */
export interface Ignored {
  ignored: string;
}

/** Handles events of the types that its `@HandlesStripeEvent` decorator names. */
export interface StripeEventHandler<K extends StripeEventType, Loaded = unknown> {
  /**
   * Whether it also handles events of connected accounts (`event.account`), which are handled only with
   * CONNECTED_ACCOUNTS=true. Defaults to false, so that a connected account's payment is never taken for yours.
   */
  readonly takesConnectedAccounts?: boolean;

  /**
   * Why this handler ignores the event, such as a field that it needs and the event lacks; `undefined`: it handles it. Called
   * before `load` and `apply`, which are skipped where it gives a reason. Must depend on the event alone. An event that all its
   * handlers ignore is stored as ignored, with the reason. An error thrown here counts as a failed attempt.
   */
  reasonToIgnore?(event: StripeEventOf<K>): string | undefined;

  /**
   * Optional, for PostgreSQL: keys of what `apply` writes besides rows of the event's own object, such as the customer's id. They are
   * locked before `apply`, those of a batch all at once and in one order, so that instances that handle events of the same customer
   * do not wait for each other. Must depend on the event alone.
   */
  lockKeys?(event: StripeEventOf<K>): string[];

  /**
   * Runs before the transaction, on each attempt, for at most 60 s: the only place to call Stripe or another service. What it
   * resolves with is passed to `apply`.
   */
  load?(event: StripeEventOf<K>, context: HandlingContext): Promise<Loaded>;

  /**
   * Runs inside the transaction that also marks this run done, so what it writes through `tx` is stored exactly once. No network
   * calls here: other writers wait. An error undoes the transaction, and the run is retried. Where it resolves with a reason, the
   * run is stored as ignored, as by `reasonToIgnore`.
   */
  apply(event: StripeEventOf<K>, tx: EntityManager, loaded: Loaded): Promise<Ignored | void>;

  /**
   * Optional batch version of `apply` for handlers without `load`: many fresh events in one transaction, in as few statements as
   * it can. Where it throws, each of the events is handled by `apply` in a transaction of its own.
   */
  applyAll?(events: StripeEventOf<K>[], tx: EntityManager): Promise<void>;
}

/** The metadata that `HandlerRegistry` looks for. Use `@HandlesStripeEvent`, which checks the types. */
export const HandledEventTypes = DiscoveryService.createDecorator<readonly StripeEventType[]>();

/** A handler of these events, whatever it loads. */
interface HandlerOf<K extends StripeEventType> {
  // Properties, not methods: TypeScript compares a method's parameters in both directions and would accept a narrower one.
  readonly takesConnectedAccounts?: boolean;
  reasonToIgnore?: (event: StripeEventOf<K>) => string | undefined;
  lockKeys?: (event: StripeEventOf<K>) => string[];
  load?: (event: StripeEventOf<K>, context: HandlingContext) => Promise<unknown>;
  apply: (event: StripeEventOf<K>, tx: EntityManager, loaded: never) => Promise<Ignored | void>;
  applyAll?: (events: StripeEventOf<K>[], tx: EntityManager) => Promise<void>;
}
type HandlerClass<K extends StripeEventType> = new (...dependencies: never[]) => HandlerOf<K>;

/**
 * Names the event types that a class handles. A type that Stripe does not have does not compile, nor does a class that expects
 * another event. List the class among the `providers` of its module.
 */
export function HandlesStripeEvent<K extends StripeEventType>(...types: K[]) {
  return (target: HandlerClass<K>): void => {
    HandledEventTypes(types)(target);
  };
}
