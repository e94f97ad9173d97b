import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { API_VERSION } from '../model/wire.js';
import { newId } from '../model/ids.js';
import { ApiError, invalidRequest } from './errors.js';

/** `2022-11-15`, or `2026-10-28.endive` since versions have names; betas follow: `; checkout_tools_beta=v1`. */
const VERSION = /^\d{4}-\d{2}-\d{2}(\.[a-z]+)?( *; *[\w-]+=v\d+)*$/;

/** Sets the `Request-Id` and `Stripe-Version` headers. Throws ApiError 400 for an invalid version. */
export const identify: RequestHandler = (request, response, next) => {
  response.set('Request-Id', newId('request'));
  const version = request.get('stripe-version') ?? API_VERSION;
  if (!VERSION.test(version)) throw invalidRequest(`Invalid Stripe API version: ${version}`);
  response.set('Stripe-Version', version);
  next();
};

export const requestIdOf = (response: Response): string => response.get('Request-Id') ?? '';

const TEST_KEY = /^[sr]k_test_\w+$/;

/** Accepts any test key; refuses live keys, so that none is used by mistake. */
export const authenticate: RequestHandler = (request, _response, next) => {
  const key = presentedKey(request.get('authorization'));
  if (key === undefined) {
    throw unauthorized(
      'You did not provide an API key. You need to provide your API key in the Authorization header, ' +
        "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  if (!TEST_KEY.test(key)) throw unauthorized(`Invalid API Key provided: ${masked(key)}. The sandbox takes test keys.`);
  next();
};

function presentedKey(header = ''): string | undefined {
  const [, scheme = '', credentials = ''] = /^(\w+) +(\S+)$/.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return credentials;
    case 'basic':
      return Buffer.from(credentials, 'base64').toString().split(':')[0];
    default:
      return undefined;
  }
}

const masked = (key: string): string => `${key.slice(0, 8)}****${key.length > 12 ? key.slice(-4) : ''}`;

const unauthorized = (message: string): ApiError => new ApiError(401, { type: 'invalid_request_error', message });

/** Answers every error as Stripe's error object. */
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
  // Thrown by the body parser: too large, or not a form.
  if (error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500) {
    return invalidRequest(`The request cannot be read: ${error.message}`);
  }
  return new ApiError(500, {
    type: 'api_error',
    message: 'The sandbox failed; its log says how. Nothing was changed.',
  });
}
