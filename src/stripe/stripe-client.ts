import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Stripe } from 'stripe';
import type { Env, StripeConnection } from '../config/env.js';
import { withTimeout } from '../time/calls.js';
import { StripeUnavailableError, translateError } from './stripe.errors.js';

/**
 * The API version of the SDK, such as `2026-10-28.endive`: what its types and our handlers are written for. Calls ask for it, and a
 * webhook endpoint must send it.
 */
export const API_VERSION = Stripe.API_VERSION;

/** Longest duration of a call with all its retries, ms. The SDK's timeout starts again with each byte, so it cannot bound it. */
export const CALL_TIMEOUT_MS = 17_000;
/** Silence on the wire until the SDK retries, ms. */
const SILENCE_TIMEOUT_MS = 8_000;
/** By the SDK, after a silence, a broken connection, a 409 or a 5xx, with growing waits: 3.5 s to 5 s in all. */
const MAX_RETRIES = 3;
/** By us, after a 429, which the SDK does not retry by itself. */
const MAX_RATE_LIMIT_RETRIES = 3;
/** The longest wait before the first retry after a 429, ms; it doubles with each further one. */
const FIRST_RATE_LIMIT_DELAY_MS = 1_000;

/** The SDK's client. */
export function createStripeClient({ secretKey, apiBase }: StripeConnection): Stripe {
  const at = apiBase ? new URL(apiBase) : undefined;
  return new Stripe(secretKey, {
    timeout: SILENCE_TIMEOUT_MS,
    maxNetworkRetries: MAX_RETRIES,
    telemetry: false, // or else the SDK writes a file into the home folder
    appInfo: { name: 'nest-stripe-billing' },
    ...(at && {
      protocol: at.protocol === 'https:' ? 'https' : 'http',
      host: at.hostname,
      port: at.port || (at.protocol === 'https:' ? 443 : 80),
    }),
  });
}

const clients = new WeakMap<StripeConnection, Stripe>();

/** The client of these settings: the same for every service, so that they share its connections. */
export function stripeClientOf({ stripe }: Pick<Env, 'stripe'>): Stripe {
  if (!stripe) throw new Error('Stripe is not set up: set STRIPE_SECRET_KEY, or start the local Stripe before the app');
  const known = clients.get(stripe);
  if (known) return known;
  const client = createStripeClient(stripe);
  clients.set(stripe, client);
  return client;
}

/**
 * Makes a call to Stripe, again after a 429 while there is time, and resolves with its answer within CALL_TIMEOUT_MS.
 * @param name such as `refunds.create`, for errors
 * @param make makes the call; called again for a retry. Its argument is the same each time: for calls that create something and have
 * no idempotency key of their own
 * @throws StripeUnavailableError where the outcome is not known, StripeKeyError, StripeRefusedError
 */
export async function callStripe<T>(name: string, make: (idempotencyKey: string) => Promise<T>): Promise<T> {
  const idempotencyKey = randomUUID();
  const call = retryRateLimited(() => make(idempotencyKey), performance.now() + CALL_TIMEOUT_MS);
  try {
    return await withTimeout(CALL_TIMEOUT_MS, call, () => new StripeUnavailableError(name, 'it took too long'));
  } catch (error) {
    throw translateError(name, error);
  }
}

/** @param deadline by `performance.now()`: no retry begins after it */
async function retryRateLimited<T>(make: () => Promise<T>, deadline: number): Promise<T> {
  for (let retry = 1; ; retry++) {
    try {
      return await make();
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeRateLimitError) || retry > MAX_RATE_LIMIT_RETRIES) throw error;
      const delayMs = rateLimitDelay(retry, error.headers?.['retry-after']);
      if (performance.now() + delayMs >= deadline) throw error;
      await setTimeout(delayMs);
    }
  }
}

/**
 * Milliseconds to wait before the nth retry after a 429: half of it fixed, half at random, so that calls that were refused together
 * do not come again together; and never less than the answer's `Retry-After`, in seconds.
 * @param random from 0 up to 1
 */
export function rateLimitDelay(retry: number, retryAfter?: string, random: number = Math.random()): number {
  const delayMs = FIRST_RATE_LIMIT_DELAY_MS * 2 ** (retry - 1) * (0.5 + 0.5 * random);
  const askedMs = Number(retryAfter) * 1_000; // NaN for a date or none
  return Math.round(askedMs > delayMs ? askedMs : delayMs);
}

/** Entries of a list that Stripe gives at once, at most. */
const PAGE_SIZE = 100;

interface List<T> {
  data: T[];
  has_more: boolean;
}

/** A list page by page; each is asked for only when the one before it was consumed. Rejects as `list` does. */
export async function* paginate<T extends { id: string }>(
  list: (page: { limit: number; starting_after?: string }) => Promise<List<T>>,
): AsyncGenerator<T[]> {
  let after: string | undefined;
  do {
    const page = { limit: PAGE_SIZE, ...(after !== undefined && { starting_after: after }) };
    const { data, has_more: more } = await list(page);
    yield data;
    after = more ? data.at(-1)?.id : undefined;
  } while (after !== undefined);
}
