import { isIP } from 'node:net';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Env } from '../config/env.js';
import { badRequest, InvalidInputError, PageError, pageNotFound } from './page-error.js';
import { phrase } from './texts/texts.js';

/** Names of this machine itself. Another site cannot use them: its visitors' browsers send that site's name. */
const LOOPBACK = ['localhost', '.localhost', '127.0.0.1', '[::1]'];
const NAME_AND_PORT = /^(\[[\da-f:.]+\]|[^:\s]+)(?::\d+)?$/i;

/**
 * Answers 421 to requests for unknown hosts, against DNS rebinding: a site that points its name at this app could read our pages
 * and their tokens. Known are DOMAIN_URL's host, ALLOWED_HOSTS, LISTEN_HOST and this machine; outside production also every IP
 * address, since DNS rebinding needs a name.
 */
export function knownHosts({ domainUrl, allowedHosts, ownHost, production }: Env): RequestHandler {
  const known = [new URL(domainUrl).hostname, ownHost, ...LOOPBACK, ...allowedHosts];
  return (request: Request, _response: Response, next: NextFunction) => {
    const host = request.get('host') ?? '';
    const name = NAME_AND_PORT.exec(host)?.[1]?.toLowerCase() ?? '';
    if (known.some((each) => (each.startsWith('.') ? name.endsWith(each) : name === each))) return next();
    if (!production && isIP(name.replace(/^\[(.*)\]$/, '$1'))) return next();
    next(unknownHost(host, domainUrl));
  };
}

const unknownHost = (host: string, domainUrl: string) =>
  new PageError(421, phrase('error.host.title'), phrase('error.host.text', { address: domainUrl }), {
    cause: `the Host header is ${JSON.stringify(host.slice(0, 100))}`,
  });

const NUL = '\0';

/**
 * Refuses NUL, the one character that PostgreSQL's text cannot hold: 404 in a path, 400 in a query or a form. JSON is checked
 * by `refuseNulInJson`.
 */
export function refuseNul(request: Request, _response: Response, next: NextFunction): void {
  if (/%00/.test(request.path)) return next(pageNotFound());
  const inQuery = /%00/.test(request.url);
  const form = Object.entries((request.body ?? {}) as object).flat(2);
  if (inQuery || form.some((text) => String(text).includes(NUL))) return next(badRequest(phrase('error.character')));
  next();
}

/** The same for JSON, as the `reviver` of `express.json`: the body is then answered 400, like JSON that cannot be parsed. */
export function refuseNulInJson(name: string, value: unknown): unknown {
  if (name.includes(NUL) || (typeof value === 'string' && value.includes(NUL))) throw new SyntaxError('NUL in a body');
  return value;
}

/**
 * Checks each parameter that names a schema, and gives the route what the schema makes of it: `@Body({ schema: RefundForm })`,
 * `@Query({ schema: AccountQuery })`. Input that does not fit is answered 400; JSON lists what is wrong with it.
 */
export const inputPipe = () =>
  new StandardSchemaValidationPipe({ exceptionFactory: (issues) => new InvalidInputError(issues) });

/** A Checkout Session's id as a form or an address carries it, `cs_…`. Anything else becomes `undefined`: there is no such session. */
export const checkoutSid = z
  .string()
  .regex(/^cs_\w{1,200}$/)
  .optional()
  .catch(undefined);
