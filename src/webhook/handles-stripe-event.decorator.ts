import { DiscoveryService } from '@nestjs/core';
import type { StripeEventType } from '../stripe/stripe.types.js';
import type { StripeEventHandler } from './stripe-event-handler.js';

/** Marks a handler for the registry; use `@HandlesStripeEvent`, which checks the types. */
export const HandledEventTypes = DiscoveryService.createDecorator<readonly StripeEventType[]>();

type HandlerClass<K extends StripeEventType> = new (...dependencies: never[]) => StripeEventHandler<K, never>;

/**
 * Says which events a class handles. A name that Stripe does not have, or a class that expects another event, does not
 * compile. List the class among the `providers` of its module.
 */
export function HandlesStripeEvent<K extends StripeEventType>(...types: K[]) {
  return (target: HandlerClass<K>): void => {
    HandledEventTypes(types)(target);
  };
}
