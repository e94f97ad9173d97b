import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

export const REQUEST_ID_HEADER = 'X-Request-Id';

/** A name for a request, by which what was answered is found in the log. Ours alone: a client's own is not trusted. */
export const newRequestId = (): string => randomUUID();

/** Names each request, so that what a customer reports is found in the log. */
export function nameRequest(_request: Request, response: Response, next: NextFunction): void {
  response.set(REQUEST_ID_HEADER, newRequestId());
  next();
}

export const requestIdOf = (response: Response): string => String(response.get(REQUEST_ID_HEADER) ?? 'unknown');
