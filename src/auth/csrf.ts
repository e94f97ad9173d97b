import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Env } from '../config/env.js';
import { PageError } from '../http/page-error.js';
import { phrase } from '../http/texts/texts.js';
import { type Cookie, cookieNamed, SESSION_COOKIE } from './sessions.js';
import { Public } from './user.js';

/** The hidden field of every form. */
const FIELD = '_csrf';
/** Where a script sends the token, with JSON. */
const HEADER = 'X-CSRF-Token';
const SEED_BYTES = 32;
const HMAC_BYTES = 32;
/** A random mask and a masked HMAC-SHA256, in hexadecimal. */
const TOKEN = /^[0-9a-f]{128}$/;
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * CSRF tokens by signed double submit: a cookie holds a random seed, and a form an HMAC of that seed and the user's id. Nothing
 * is stored, so a visitor costs no row, and a token is valid in all tabs and on all instances for as long as the cookie and
 * its secret are. docs/decisions/0003-libraries.md says why this is not a library.
 */
export class CsrfTokens {
  private readonly cookie: Cookie;
  private readonly secrets: readonly string[];
  private readonly seedInCookies: RegExp;
  private readonly sessionInCookies: RegExp;

  /** The first of SESSION_SECRET signs, all of them verify: so it can be rotated. Without any, a random one lasts for this process. */
  constructor(env: Env) {
    this.cookie = cookieNamed('nsb.csrf', env);
    this.secrets = env.sessionSecrets ?? [randomBytes(SEED_BYTES).toString('hex')];
    this.seedInCookies = cookiePattern(this.cookie.name, `([0-9a-f]{${2 * SEED_BYTES}})(?:;|$)`);
    this.sessionInCookies = cookiePattern(cookieNamed(SESSION_COOKIE, env).name, '');
  }

  /** A token for the forms of the page that answers this request; hexadecimal. Sets the cookie, or prolongs it. */
  issue(request: Request, response: Response): string {
    const seed = this.seedOf(request) ?? randomBytes(SEED_BYTES).toString('hex');
    response.cookie(this.cookie.name, seed, this.cookie.options);
    const [first = ''] = this.secrets;
    return masked(sign(first, seed, request));
  }

  /** Whether the request has a token of ours, made for this browser and this user. */
  isValid(request: Request): boolean {
    const seed = this.seedOf(request);
    const token: unknown = (request.body as Record<string, unknown> | undefined)?.[FIELD] ?? request.get(HEADER);
    if (!seed || typeof token !== 'string' || !TOKEN.test(token)) return false;
    const given = unmasked(Buffer.from(token, 'hex'));
    return this.secrets.some((secret) => timingSafeEqual(given, sign(secret, seed, request)));
  }

  /**
   * Whether the request is authorized by a bearer token and by no session. It needs no CSRF token: a browser sends cookies
   * by itself, but never this header, and lets no other site set it.
   */
  isByBearerToken(request: Request): boolean {
    return /^bearer ./i.test(request.get('authorization') ?? '') && !this.sessionInCookies.test(cookiesOf(request));
  }

  private seedOf(request: Request): string | undefined {
    return this.seedInCookies.exec(cookiesOf(request))?.[1];
  }
}

const cookiesOf = (request: Request): string => request.headers.cookie ?? '';
const cookiePattern = (name: string, value: string) => new RegExp(`(?:^|; *)${name.replaceAll('.', '\\.')}=${value}`);

const sign = (secret: string, seed: string, { user }: Request): Buffer =>
  createHmac('sha256', secret)
    .update(JSON.stringify(['csrf', seed, user?.id]))
    .digest();

/** The token differs on each page, since pages are compressed: their length would let a page of others guess it (BREACH). */
function masked(hmac: Buffer): string {
  const mask = randomBytes(HMAC_BYTES);
  return Buffer.concat([mask, xor(hmac, mask)]).toString('hex');
}

const unmasked = (token: Buffer): Buffer => xor(token.subarray(HMAC_BYTES), token.subarray(0, HMAC_BYTES));
const xor = (bytes: Buffer, mask: Buffer): Buffer => Buffer.from(bytes.map((byte, at) => byte ^ (mask[at] ?? 0)));

declare module 'express' {
  interface Request {
    csrf?: CsrfTokens;
  }
}

/** Lets the routes behind it issue and check tokens. */
export function csrfTokens(env: Env): RequestHandler {
  const tokens = new CsrfTokens(env);
  return (request: Request, _response: Response, next: NextFunction) => {
    request.csrf = tokens;
    next();
  };
}

/** The token for the forms of a page. Call it once for each page. */
export function csrfToken(request: Request): string {
  if (!request.csrf || !request.res) throw new Error('No CSRF tokens on this path: see bootstrap/create-app.ts');
  return request.csrf.issue(request, request.res);
}

/** Refuses a request that changes something and that another site may have made the browser send. */
@Injectable()
export class CsrfGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (SAFE_METHODS.includes(request.method)) return true;
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) return true;
    if (request.csrf?.isByBearerToken(request) || request.csrf?.isValid(request)) return true;
    throw new PageError(403, phrase('error.csrf.title'), phrase('error.csrf.text'));
  }
}
