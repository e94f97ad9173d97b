import { Stripe } from 'stripe';

/** Stripe did not answer, or not in time. Whether the call was carried out is not known: repeat it with the same idempotency key. */
export class StripeUnavailableError extends Error {
  /** @param call such as `refunds.create` */
  constructor(
    readonly call: string,
    reason: string,
  ) {
    super(`Stripe did not answer ${call}: ${reason}. It is safe to try again; see status.stripe.com if it goes on.`);
  }
}

/** Stripe refused the call for good: it had no effect. */
export class StripeRefusedError extends Error {
  constructor(
    readonly call: string,
    /** Stripe's message, for the log and not for customers. */
    readonly reason: string,
    /** Stripe's error code, such as `resource_missing`, or IDEMPOTENCY_KEY_REUSED. */
    readonly code: string | undefined,
    readonly status: number | undefined,
  ) {
    super(`Stripe refused ${call}: ${reason}${code ? ` (${code})` : ''}`);
  }
}

/** Whether Stripe refused a call since it has no such object. Of some objects it also says so once they are deleted or ended. */
export const isMissing = (error: unknown): error is StripeRefusedError =>
  error instanceof StripeRefusedError && error.code === 'resource_missing';

/**
 * Our own `code` of a StripeRefusedError, since Stripe gives none: the idempotency key was used before with other parameters. This
 * call had no effect; the earlier one may have had.
 */
export const IDEMPOTENCY_KEY_REUSED = 'idempotency_key_reused';

/** Stripe does not accept the secret key. An earlier try of the same call may have been carried out. */
export class StripeKeyError extends StripeUnavailableError {
  constructor(
    call: string,
    /** Stripe's message. */
    readonly reason: string,
    /** 401: there is no such key, or no longer. 403: the key may not make this call. */
    readonly status?: number,
  ) {
    super(call, `${reason} Check STRIPE_SECRET_KEY and what it is allowed to do`);
  }
}

/** Turns an error of the SDK into one of this file; any other error stays as it is. */
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
