import { Stripe } from 'stripe';
import { IDEMPOTENCY_KEY_REUSED, StripeKeyError, StripeRefusedError, StripeUnavailableError } from './stripe.errors.js';

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
