import type { RequestHandler } from 'express';
import { hostNameOf } from './origin.js';

/** `localhost` and names that end in it, which browsers resolve to their own machine without asking the DNS. */
const LOOPBACK = /^(127\.0\.0\.1|\[::1\]|([a-z0-9_-]+\.)*localhost)$/;

/**
 * Answers 403 to requests for any other name than `localhost` and the given ones. A web page could make its own name point at this
 * machine and read the answers (DNS rebinding); the browser would still send that name.
 */
export function knownHostsOnly(names: readonly string[]): RequestHandler {
  const known = new Set(names.filter(Boolean).map((name) => name.toLowerCase()));
  return (request, response, next) => {
    const name = hostNameOf(request);
    if (LOOPBACK.test(name) || known.has(name)) return next();
    response
      .status(403)
      .type('text')
      .send(
        'The local Stripe answers at localhost only, and at the names it was started with (--allow-host, allowedHosts).',
      );
  };
}
