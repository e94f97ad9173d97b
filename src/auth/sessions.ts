import { randomBytes } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import { Logger } from '@nestjs/common';
import type { Env } from '../config/env.js';
import { cookieNamed } from './cookies.js';
import type { DatabaseSessionStore } from './session-store.js';

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
