import type { ErrorRequestHandler } from 'express';
import { ApiError } from './api-error.js';
import { requestIdOf } from './identify.js';
import { invalidRequest } from './refusals.js';

/** Answers whatever was thrown with Stripe's error object. */
export const answerErrors =
  (log: (line: string) => void): ErrorRequestHandler =>
  (error: unknown, _request, response, _next) => {
    const requestId = requestIdOf(response);
    const refusal = asApiError(error);
    if (refusal.status >= 500) log(`${requestId}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
    response.status(refusal.status).json(refusal.body(requestId));
  };

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  // What the body parser throws: a body too large, or one that is no form.
  if (error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500) {
    return invalidRequest(`The request cannot be read: ${error.message}`);
  }
  return new ApiError(500, {
    type: 'api_error',
    message: 'The sandbox failed; its log says how. Nothing was changed.',
  });
}
