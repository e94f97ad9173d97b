import { Stripe } from 'stripe';
import { unixSeconds } from '../time/unix-seconds.js';

/** The `Stripe-Signature` header for a delivery that is sent now. */
export const signDelivery = (payload: string, secret: string): string =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: unixSeconds(new Date()) });
