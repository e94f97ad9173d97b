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

/**
 * The API version of the SDK, such as `2026-10-28.endive`: what its types and our handlers are written for. The client asks for it,
 * and an endpoint must send it.
 */
export const API_VERSION = Stripe.API_VERSION;

/** As many as Stripe gives at once. */
const A_PAGE = 100;

interface List<T> {
  data: T[];
  has_more: boolean;
}

/** A list, page by page, each asked for when the one before it is done with. */
export async function* pages<T extends { id: string }>(
  list: (page: { limit: number; starting_after?: string }) => Promise<List<T>>,
): AsyncGenerator<T[]> {
  let after: string | undefined;
  do {
    const page = { limit: A_PAGE, ...(after !== undefined && { starting_after: after }) };
    const { data, has_more: more } = await list(page);
    yield data;
    after = more ? data.at(-1)?.id : undefined;
  } while (after !== undefined);
}
