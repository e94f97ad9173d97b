import { randomBytes } from 'node:crypto';
import type { CookieOptions, NextFunction, Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import { Logger } from '@nestjs/common';
import type { Env } from '../config/env.js';
import type { DatabaseSessionStore } from './session-store.js';

/** How long a browser keeps our cookies after its last visit, ms: 14 days. */
const LIFE_MS = 14 * 24 * 3_600_000;

/** A cookie of ours: out of reach of scripts and of posts from other sites. */
export interface Cookie {
  name: string;
  options: CookieOptions & { maxAge: number; secure: boolean };
}

/** Behind https it is Secure and named `__Host-…`: a browser then takes it from this host alone, not from a neighbour. */
export function cookieNamed(name: string, env: Env): Cookie {
  const secure = env.domainUrl.startsWith('https:');
  return {
    name: secure ? `__Host-${name}` : name,
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge: LIFE_MS },
  };
}

/** The browser session. Its row is written once something is kept in it: a visitor who only looks costs none. */
export function sessions(env: Env, store: DatabaseSessionStore): RequestHandler[] {
  const { name, options } = cookieNamed('nsb.sid', env);
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

/** A Secure cookie is left out of an answer to plain http without a word, and then no form works. */
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
