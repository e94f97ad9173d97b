import type { NextFunction, Request, Response } from 'express';
import { badRequest, pageNotFound } from './page-error.js';

const NUL = '\0';

/**
 * Refuses the one character that PostgreSQL's text cannot hold: nothing of ours is named with it. In a path it is 404, as
 * any other name that there is not; in a query or a form 400.
 */
export function refuseNul(request: Request, _response: Response, next: NextFunction): void {
  if (/%00/.test(request.path)) return next(pageNotFound());
  const given = [request.query, (request.body ?? {}) as object].flatMap((part) => Object.entries(part).flat(2));
  if (given.some((text) => String(text).includes(NUL)))
    return next(badRequest('It has a character that we cannot take.'));
  next();
}
