import { Stripe } from 'stripe';
import type { StripeConnection } from '../config/env.js';

/** With one retry, the longest a call can take stays under the 20 s that a customer's request may be held. */
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
