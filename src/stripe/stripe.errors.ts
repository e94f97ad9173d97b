import { Stripe } from 'stripe';

/** Stripe could not be asked, or did not answer in time. Whether it did the work is not known: try again with the same idempotency key. */
export class StripeUnavailableError extends Error {
  constructor(
    readonly call: string,
    reason: string,
  ) {
    super(`Stripe did not answer ${call}: ${reason}. It is safe to try again; see status.stripe.com if it goes on.`);
  }
}

/** Stripe said no, for good: the call had no effect. */
export class StripeRefusedError extends Error {
  constructor(
    readonly call: string,
    /** Stripe's own words, fit for a log; customers are told in ours. */
    readonly reason: string,
    /** Stripe's error code, such as `resource_missing`. */
    readonly code: string | undefined,
    readonly status: number | undefined,
  ) {
    super(`Stripe refused ${call}: ${reason}${code ? ` (${code})` : ''}`);
  }
}

/**
 * The code of a StripeRefusedError where the idempotency key was used before with other parameters. This call had no effect; the
 * earlier one may have had. Ours: Stripe gives no code for it.
 */
export const IDEMPOTENCY_KEY_REUSED = 'idempotency_key_reused';

/** Stripe does not accept the key. Says nothing of the call itself: the same one may have been carried out before. */
export class StripeKeyError extends StripeUnavailableError {
  constructor(
    call: string,
    /** Stripe's own words. */
    readonly said: string,
    /** 401: no such key, or none any more. 403: it may not do this. */
    readonly status?: number,
  ) {
    super(call, `${said} Check STRIPE_SECRET_KEY and what it is allowed to do`);
  }
}

/** Turns what the SDK throws into errors of ours, which tell "no" from "not known". */
export function translateError(call: string, error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const { statusCode, code, message } = error;
  if (statusCode === 401 || statusCode === 403) return new StripeKeyError(call, message, statusCode);
  // 409 is a lock or a key in use, 429 a rate limit: the same call may go through later.
  const definite =
    statusCode !== undefined && statusCode >= 400 && statusCode < 500 && ![409, 429].includes(statusCode);
  const reused = error instanceof Stripe.errors.StripeIdempotencyError ? IDEMPOTENCY_KEY_REUSED : undefined;
  if (definite) return new StripeRefusedError(call, message, code ?? reused, statusCode);
  return new StripeUnavailableError(call, statusCode ? `status ${statusCode}` : message);
}
