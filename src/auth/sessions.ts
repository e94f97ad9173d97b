import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { CookieOptions, NextFunction, Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import type { Env } from '../config/env.js';
import type { DatabaseSessionStore } from './session-store.js';

/** The session's cookie, before `cookieNamed`. */
export const SESSION_COOKIE = 'nsb.sid';
/** How long a browser keeps our cookies after its last visit, ms: 14 days. */
const LIFE_MS = 14 * 24 * 3_600_000;

/** A cookie that scripts cannot read and that other sites' forms do not send. */
export interface Cookie {
  name: string;
  options: CookieOptions & { maxAge: number; secure: boolean };
}

/** With an https DOMAIN_URL it is Secure and named `__Host-…`: a browser accepts such a cookie from this very host only. */
export function cookieNamed(name: string, env: Env): Cookie {
  const secure = env.domainUrl.startsWith('https:');
  return {
    name: secure ? `__Host-${name}` : name,
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge: LIFE_MS },
  };
}

/** The middleware for `request.session`. A row is written only once something is kept in it. */
export function sessions(env: Env, store: DatabaseSessionStore): RequestHandler[] {
  const { name, options } = cookieNamed(SESSION_COOKIE, env);
  const middleware = session({
    store,
    secret: [...(env.sessionSecrets ?? [randomBytes(32).toString('hex')])],
    name,
    cookie: options,
    rolling: true,
    resave: false,
    saveUninitialized: false,
  });
  return options.secure ? [warnOfPlainHttp(), middleware] : [middleware];
}

/** express-session silently leaves a Secure cookie out of an answer to plain http, and then no form works. */
function warnOfPlainHttp(): RequestHandler {
  const logger = new Logger('Auth');
  let warned = false;
  return (request: Request, _response: Response, next: NextFunction) => {
    if (!request.secure && !warned) {
      warned = true;
      logger.warn('DOMAIN_URL is https, but this request looks like http, so no session can be kept: set TRUST_PROXY');
    }
    next();
  };
}
