import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import type { Env } from '../config/env.js';

/**
 * Headers of every answer. The policy names one other origin: a browser applies `form-action` to the redirect after a
 * form post, and Buy Now leads to Checkout.
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
