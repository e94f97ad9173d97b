import type { CookieOptions } from 'express';
import type { Env } from '../config/env.js';

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
