import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { FormError, InvalidInputError, PageError, RedirectError } from './page-error.js';
import { requestIdOf } from './response-headers.js';
import { english, phrase, textsFor, type Words } from './texts/texts.js';
import { LimitedWarnings } from '../logging/limited-warnings.js';

/** Statuses that have a title and an explanation of their own, for errors that bring none for customers. */
const KNOWN = [400, 401, 403, 404, 408, 409, 413, 415, 503] as const;

/** Title and explanation of an error that has none for customers. */
function wordsOf(status: number): readonly [title: Words, explanation: Words] {
  const known = KNOWN.find((one) => one === status) ?? 'unexpected';
  return [phrase(`error.${known}.title`), phrase(`error.${known}.text`)];
}

/** Server errors logged one by one in a minute, each with its stack. Further ones are counted by LimitedWarnings. */
const ERROR_LINES_A_MINUTE = 60;
const A_MINUTE_MS = 60_000;
const LONGEST_PATH = 200;
const LONGEST_CAUSE = 500;

/**
 * Answers every error with a page, or with JSON if the client prefers it:
 * `{ error: { message, explanation, requestId, issues? } }`. The answer never contains a stack. The log has the request's id with the
 * cause, but no query, no form and no parameter of a statement.
 */
@Catch()
export class ErrorPageFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');
  private minute = { endsAt: 0, lines: 0 };

  constructor(private readonly warnings: LimitedWarnings) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    if (error instanceof RedirectError) return response.redirect(303, error.location);
    const status = statusOf(error);
    const requestId = requestIdOf(response);
    const words = error instanceof PageError ? ([error.title, error.explanation] as const) : wordsOf(status);
    this.log(error, { status, title: english.say(words[0]), request, requestId });
    if (response.headersSent) return void response.destroy();

    response.status(status).set('Cache-Control', 'no-store');
    const [title, explanation] = words.map(textsFor(response).say);
    const { user } = request;
    if (wantsJson(request)) response.json({ error: { message: title, explanation, requestId, ...issuesOf(error) } });
    else if (error instanceof FormError)
      response.render(error.view, {
        ...error.data,
        title,
        error: explanation,
        user,
        csrf: request.csrf?.issue(request, response),
      });
    else response.render('error', { title, explanation, requestId, user });
  }

  /** Server errors have a line each; errors that clients can cause are one line a minute for each kind. */
  private log(error: unknown, { status, title, request, requestId }: Answered): void {
    const path = request.originalUrl.replace(/\?.*$/s, '').slice(0, LONGEST_PATH);
    const cause = causeOf(error, status).slice(0, LONGEST_CAUSE);
    const message = `${request.method} ${path} was answered ${status} (${title}), request ${requestId}${cause && `: ${cause}`}`;
    if (status >= 500 && !isHealthCheck(path) && this.hasLineLeft()) this.logger.error(message, stackOf(error));
    else this.warnings.warn({ context: 'Http', kind: `${status} ${title}`, message, id: requestId });
  }

  private hasLineLeft(): boolean {
    const now = performance.now();
    if (now >= this.minute.endsAt) this.minute = { endsAt: now + A_MINUTE_MS, lines: 0 };
    return this.minute.lines++ < ERROR_LINES_A_MINUTE;
  }
}

interface Answered {
  status: number;
  title: string;
  request: Request;
  requestId: string;
}

/** Called every few seconds, and 503 is one of its normal answers. */
const isHealthCheck = (path: string) => path.startsWith('/health/');

/** Nest's exceptions have `getStatus`, those of the body parsers a `statusCode`. */
function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 500;
  if ('getStatus' in error && typeof error.getStatus === 'function') return Number(error.getStatus());
  const status = 'statusCode' in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 600 ? status : 500;
}

/** The cause for the log. Not the message of Nest's own exceptions, which repeats the address with its query. */
function causeOf(error: unknown, status: number): string {
  if (!(error instanceof HttpException)) return String(error);
  if (error.cause !== undefined) return error.cause instanceof Error ? error.cause.message : String(error.cause);
  return error instanceof PageError || status < 500 ? '' : JSON.stringify(error.getResponse());
}

/** None for a PageError, which is an expected answer. */
const stackOf = (error: unknown) => (error instanceof Error && !(error instanceof PageError) ? error.stack : undefined);

/** What a script needs to correct its request. */
const issuesOf = (error: unknown) => (error instanceof InvalidInputError ? { issues: error.issues } : {});

const wantsJson = (request: Request) => request.accepts(['html', 'json']) === 'json';
