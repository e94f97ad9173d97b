import { Stripe } from 'stripe';

/** The API version of the SDK, such as `2026-10-28.endive`: what the code is written for, so what an endpoint must send. */
export const API_VERSION = Stripe.API_VERSION;
