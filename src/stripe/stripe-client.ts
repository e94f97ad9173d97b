import { Stripe } from 'stripe';
import type { StripeConnection } from '../config/env.js';

/** Silence on the wire, in ms, until a call is tried once more. StripeService bounds the whole of it. */
const TIMEOUT_MS = 8_000;
const RETRIES = 1;

/** The SDK's client, pinned to the SDK's own API version. */
export function createStripeClient({ secretKey, apiBase }: StripeConnection): Stripe {
  const at = apiBase ? new URL(apiBase) : undefined;
  return new Stripe(secretKey, {
    timeout: TIMEOUT_MS,
    maxNetworkRetries: RETRIES,
    telemetry: false, // or else the SDK writes a file into the home folder
    appInfo: { name: 'nest-stripe-billing' },
    ...(at && {
      protocol: at.protocol === 'https:' ? 'https' : 'http',
      host: at.hostname,
      port: at.port || (at.protocol === 'https:' ? 443 : 80),
    }),
  });
}
