import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Env } from '../config/env.js';
import { type Cookie, cookieNamed } from './sessions.js';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { PageError } from '../http/page-error.js';
import { Public } from './user.js';

/** The hidden field of every form. */
const FIELD = '_csrf';
const SEED_BYTES = 32;
/** An HMAC-SHA256 in hexadecimal. */
const TOKEN = /^[0-9a-f]{64}$/;

/**
 * CSRF tokens that nothing is stored for (a signed double-submit cookie): the browser keeps a random seed in a cookie, and
 * the token in its forms is an HMAC of that seed and of the user's id. So a token serves all tabs and all instances, and
 * lasts as long as the cookie and its secret, whatever becomes of the session.
 */
export class CsrfTokens {
  private readonly cookie: Cookie;
  private readonly secrets: readonly string[];
  private readonly seedInCookies: RegExp;

  /** The first session secret signs; all of them verify, so that one can be rotated. */
  constructor(env: Env) {
    this.cookie = cookieNamed('nsb.csrf', env);
    this.secrets = env.sessionSecrets ?? [randomBytes(SEED_BYTES).toString('hex')];
    const name = this.cookie.name.replaceAll('.', '\\.');
    this.seedInCookies = new RegExp(`(?:^|; *)${name}=([0-9a-f]{${2 * SEED_BYTES}})(?:;|$)`);
  }

  /** A token for the forms of the page that answers this request; hexadecimal. Sets the cookie, or prolongs it. */
  issue(request: Request, response: Response): string {
    const seed = this.seedOf(request) ?? randomBytes(SEED_BYTES).toString('hex');
    response.cookie(this.cookie.name, seed, this.cookie.options);
    const [first = ''] = this.secrets;
    return sign(first, seed, request).toString('hex');
  }

  /** Whether the form came from a page of ours, in this browser, made for this user. */
  isValid(request: Request): boolean {
    const seed = this.seedOf(request);
    const token: unknown = (request.body as Record<string, unknown> | undefined)?.[FIELD];
    if (!seed || typeof token !== 'string' || !TOKEN.test(token)) return false;
    const given = Buffer.from(token, 'hex');
    return this.secrets.some((secret) => timingSafeEqual(given, sign(secret, seed, request)));
  }

  private seedOf(request: Request): string | undefined {
    return this.seedInCookies.exec(request.headers.cookie ?? '')?.[1];
  }
}

const sign = (secret: string, seed: string, { user }: Request): Buffer =>
  createHmac('sha256', secret)
    .update(JSON.stringify(['csrf', seed, user?.id]))
    .digest();

declare module 'express' {
  interface Request {
    csrf?: CsrfTokens;
  }
}

/** Lets the pages behind it have tokens: see `csrfToken`. */
export function csrfTokens(env: Env): RequestHandler {
  const tokens = new CsrfTokens(env);
  return (request: Request, _response: Response, next: NextFunction) => {
    request.csrf = tokens;
    next();
  };
}

/** The token for the forms of a page, once for each page. */
export function csrfToken(request: Request): string {
  if (!request.csrf || !request.res) throw new Error('No CSRF tokens here: this path is left out in configure-app.ts');
  return request.csrf.issue(request, request.res);
}

export const hasCsrfToken = (request: Request): boolean => request.csrf?.isValid(request) ?? false;

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** Refuses a form that did not come from a page of this session. */
@Injectable()
export class CsrfGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (SAFE_METHODS.includes(request.method)) return true;
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) return true;
    if (hasCsrfToken(request)) return true;
    throw new PageError(
      403,
      'This form is no longer valid',
      'Go back, load the page again, and send the form once more.',
    );
  }
}
