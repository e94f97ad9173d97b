import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import type { Env } from '../config/env.js';
import { randomUUID } from 'node:crypto';

/**
 * Security headers of every answer. The only foreign origin in the policy is Checkout's, in `form-action`: browsers apply it to the
 * redirect that follows a form, and Buy Now redirects to Checkout. CheckoutController handles other hosts of Checkout.
 */
export function securityHeaders(env: Env) {
  const https = env.domainUrl.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'", ...(env.stripe?.checkoutOrigins ?? [])],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        ...(https && { upgradeInsecureRequests: [] }),
      },
    },
    strictTransportSecurity: https,
    referrerPolicy: { policy: 'same-origin' },
  });
}

/** Keeps pages, which show a user's data, out of caches. Static files come before this and may be cached. */
export function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.set('Cache-Control', 'no-store');
  next();
}

export const REQUEST_ID_HEADER = 'X-Request-Id';

/** An id to find a request in the log. A client's own header is ignored. */
export const newRequestId = (): string => randomUUID();

/** Gives each answer an id, which error pages show. */
export function setRequestId(_request: Request, response: Response, next: NextFunction): void {
  response.set(REQUEST_ID_HEADER, newRequestId());
  next();
}

export const requestIdOf = (response: Response): string => String(response.get(REQUEST_ID_HEADER) ?? 'unknown');
