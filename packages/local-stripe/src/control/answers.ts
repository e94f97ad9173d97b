import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { newId } from '../ids.js';
import { ApiError } from '../conventions/errors.js';
import { originOf } from '../http/origin.js';

type Asked = Pick<Request, 'accepts' | 'app' | 'get' | 'protocol'>;

/** Whatever page a developer has open elsewhere must not press the sandbox's buttons. */
export const ownPagesOnly: RequestHandler = (request, response, next) => {
  const origin = request.get('origin');
  if (origin === undefined || origin === originOf(request)) return next();
  response.status(403).json({ error: { message: "Only the sandbox's own page may do this." } });
};

/** JSON as a form would have it: everything is text, and what is left empty is left out. */
export const bodyAsForm: RequestHandler = (request, _response, next) => {
  const body: unknown = request.body;
  if (typeof body === 'object' && body !== null) {
    request.body = Object.fromEntries(
      Object.entries(body)
        .filter(([, value]) => value !== '' && value !== null)
        .map(([name, value]) => [
          name,
          typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
        ]),
    );
  }
  next();
};

/** JSON to a program; a browser that sent a form goes back to the page that it was on. */
export function answerControl(request: Asked, response: Response, answer: object): void {
  if (request.accepts(['json', 'html']) === 'json') response.json(answer);
  else response.redirect(303, pageBefore(request));
}

/** The path of the page that a form was on, or of the first one: never one that a browser takes for another host (`//evil`). */
function pageBefore(request: Asked): string {
  const own = originOf(request);
  const referer = request.get('referer') ?? '';
  if (!URL.canParse(referer)) return '/';
  const { origin, pathname, search } = new URL(referer);
  const path = pathname + search;
  return origin === own && URL.canParse(path, own) && new URL(path, own).origin === own ? path : '/';
}

export const answerControlErrors =
  (log: (line: string) => void): ErrorRequestHandler =>
  (error: unknown, _request, response, next) => {
    if (error instanceof ApiError) return response.status(error.status).json(error.body(newId('request')));
    if (error instanceof Error && 'status' in error && Number(error.status) < 500) return next(error);
    log(`a control call failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    response.status(500).json({ error: { message: 'The sandbox failed; its log says how.' } });
  };
