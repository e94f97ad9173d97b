import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

const HEADER = 'X-Request-Id';

/** Names each request, so that what a customer reports is found in the log. Ours alone: a client's own is not trusted. */
export function nameRequest(_request: Request, response: Response, next: NextFunction): void {
  response.set(HEADER, randomUUID());
  next();
}

export const requestIdOf = (response: Response): string => String(response.get(HEADER) ?? 'unknown');
