/** All that the author of an event handler imports. The other files of this folder are the machinery behind it. */
export type { StripeEventOf, StripeEventType } from '../stripe/stripe.types.js';
export { type HandlingContext, HandlesStripeEvent, type StripeEventHandler } from './stripe-event-handler.js';
