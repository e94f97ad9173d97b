import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { newId } from '../model/ids.js';
import { ApiError } from '../conventions/errors.js';
import { originOf } from '../http/origin.js';

type Asked = Pick<Request, 'accepts' | 'app' | 'get' | 'protocol'>;

/** Refuses cross-origin requests: another page in the developer's browser must not control this server. */
export const ownPagesOnly: RequestHandler = (request, response, next) => {
  const origin = request.get('origin');
  if (origin === undefined || origin === originOf(request)) return next();
  response.status(403).json({ error: { message: "Only the sandbox's own page may do this." } });
};

/** Converts a JSON body to the values of a form: scalars become text, empty ones are dropped. */
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

/** Answers JSON; a browser's form post is redirected to its page. */
export function answerControl(request: Asked, response: Response, answer: object): void {
  if (request.accepts(['json', 'html']) === 'json') response.json(answer);
  else response.redirect(303, pageBefore(request));
}

/** The path of the form's page, or `/`. Never one that a browser resolves to another host (`//evil`). */
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
