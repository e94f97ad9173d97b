import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import type { Env } from '../config/env.js';
import { randomUUID } from 'node:crypto';

/**
 * Headers of every answer. The policy names no other origin but Checkout's: a browser applies `form-action` to the redirect
 * after a form post, and Buy Now leads there. Where Stripe has Checkout on another host, a page leads on; see
 * CheckoutController.
 */
export function securityHeaders(env: Env) {
  const https = env.domainUrl.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'], // Pico's icons are data: addresses in its style sheet
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

/** For every page: it names a user, and the next one at this browser must not find it. Files of ours may be kept. */
export function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.set('Cache-Control', 'no-store');
  next();
}

export const REQUEST_ID_HEADER = 'X-Request-Id';

/** A name for a request, by which what was answered is found in the log. Ours alone: a client's own is not trusted. */
export const newRequestId = (): string => randomUUID();

/** Names each request, so that what a customer reports is found in the log. */
export function setRequestId(_request: Request, response: Response, next: NextFunction): void {
  response.set(REQUEST_ID_HEADER, newRequestId());
  next();
}

export const requestIdOf = (response: Response): string => String(response.get(REQUEST_ID_HEADER) ?? 'unknown');
