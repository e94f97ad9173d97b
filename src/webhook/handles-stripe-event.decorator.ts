import { DiscoveryService } from '@nestjs/core';
import type { StripeEventOf, StripeEventType } from '../stripe/stripe.types.js';
import type { HandlingContext, StripeEventHandler } from './stripe-event-handler.js';

/** Marks a handler for the registry; use `@HandlesStripeEvent`, which checks the types. */
export const HandledEventTypes = DiscoveryService.createDecorator<readonly StripeEventType[]>();

/** A handler of these events, whatever it loads. */
type HandlerOf<K extends StripeEventType> = Omit<StripeEventHandler<K, never>, 'load'> & {
  load?(event: StripeEventOf<K>, context: HandlingContext): Promise<unknown>;
};
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
