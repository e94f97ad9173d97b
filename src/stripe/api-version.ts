import { Stripe } from 'stripe';

/**
 * The API version of the SDK, such as `2026-10-28.endive`: what its types and our handlers are written for. The client asks for it,
 * and an endpoint must send it.
 */
export const API_VERSION = Stripe.API_VERSION;
