import { csrfSync } from 'csrf-sync';
import type { Request } from 'express';

/** The hidden field of every form. */
const FIELD = '_csrf';

const csrf = csrfSync({
  getTokenFromRequest: (request) => {
    const token: unknown = (request.body as Record<string, unknown> | undefined)?.[FIELD];
    return typeof token === 'string' ? token : undefined;
  },
});

/** The token for the forms of a page; the session keeps its twin. */
export const csrfToken = (request: Request): string => csrf.generateToken(request);

export const hasCsrfToken = (request: Request): boolean => csrf.isRequestValid(request);
