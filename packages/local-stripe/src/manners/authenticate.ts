import type { RequestHandler } from 'express';
import { ApiError } from './api-error.js';

const TEST_KEY = /^[sr]k_test_\w+$/;

/** Lets test keys in. A live key never belongs here, so it is refused rather than ignored. */
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
