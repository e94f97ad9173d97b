import type { RequestHandler } from 'express';
import { hostNameOf } from './origin.js';

/** `localhost` and whatever ends in it: browsers take these names for their own machine, whoever owns the rest of the DNS. */
const LOOPBACK = /^(127\.0\.0\.1|\[::1\]|([a-z0-9_-]+\.)*localhost)$/;

/**
 * Refuses requests to any other name than `localhost` and those given. A page elsewhere can make its name point at this
 * machine, and would then read what the sandbox answers; it cannot make the browser say another name than its own.
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
