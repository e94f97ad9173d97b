import { Stripe } from 'stripe';
import type { StripeConnection } from '../config/env.js';
import { retriedRateLimits } from './retried-rate-limits.js';

/** Silence on the wire, in ms, until a call is tried again. StripeService bounds the whole of it. */
const TIMEOUT_MS = 8_000;
/** By the SDK, with growing waits, after a silence, a broken connection, a 409, a 429 or a 5xx: 3.5 s to 5 s in all. */
const RETRIES = 3;

/** The SDK's client, pinned to the SDK's own API version. */
export function createStripeClient({ secretKey, apiBase }: StripeConnection): Stripe {
  const at = apiBase ? new URL(apiBase) : undefined;
  return new Stripe(secretKey, {
    timeout: TIMEOUT_MS,
    maxNetworkRetries: RETRIES,
    httpClient: retriedRateLimits(),
    telemetry: false, // or else the SDK writes a file into the home folder
    appInfo: { name: 'nest-stripe-billing' },
    ...(at && {
      protocol: at.protocol === 'https:' ? 'https' : 'http',
      host: at.hostname,
      port: at.port || (at.protocol === 'https:' ? 443 : 80),
    }),
  });
}
