import { randomBytes } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import { Logger } from '@nestjs/common';
import type { Env } from '../config/env.js';
import type { DatabaseSessionStore } from './session-store.js';

const LIFE_MS = 14 * 24 * 3_600_000;

/** The browser session. Its cookie is out of reach of scripts and of posts from other sites, and Secure behind https. */
export function sessions(env: Env, store: DatabaseSessionStore): RequestHandler[] {
  const secure = env.domainUrl.startsWith('https:');
  const middleware = session({
    store,
    secret: [...(env.sessionSecrets ?? [randomBytes(32).toString('hex')])],
    name: 'nsb.sid',
    cookie: { httpOnly: true, sameSite: 'lax', secure, maxAge: LIFE_MS },
    rolling: true,
    resave: false,
    saveUninitialized: false,
  });
  return secure ? [warnOfPlainHttp(), middleware] : [middleware];
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
