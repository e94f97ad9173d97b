import { DiscoveryService } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import type { StripeEventOf, StripeEventType } from '../stripe/stripe.types.js';
import type { HandlingContext } from './stripe-event-handler.js';

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
