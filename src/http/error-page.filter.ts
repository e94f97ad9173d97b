import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { PageError } from './page-error.js';
import { requestIdOf } from './request-id.js';

/** What a customer is told where the error itself was not written for them. */
const WORDS: Readonly<Record<number, readonly [title: string, explanation: string]>> = {
  400: ['This does not look right', 'The request could not be understood.'],
  401: ['Please log in', 'You must be logged in to see this.'],
  403: ['Not allowed', 'This is not for you to see or do.'],
  404: ['Page not found', 'There is nothing at this address.'],
  409: ['Not possible any more', 'Something has changed in the meantime. Load the page again.'],
  413: ['Too large', 'What was sent is larger than we take.'],
  415: ['Not supported', 'This kind of content is not supported.'],
  503: ['Not available right now', 'Please try again in a minute.'],
};
const SORRY = ['Something went wrong on our side', 'It has been noted. Please try again in a minute.'] as const;

/** Answers every error: a page, or JSON where that is asked for; with the request's id and never a stack. */
@Catch()
export class ErrorPageFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const status = statusOf(error);
    const requestId = requestIdOf(response);
    if (status >= 500 && !(error instanceof HttpException)) this.log(error, request, requestId);
    if (response.headersSent) return void response.destroy();

    const [title, explanation] =
      error instanceof PageError ? [error.title, error.explanation] : (WORDS[status] ?? SORRY);
    response.status(status).set('Cache-Control', 'no-store');
    if (wantsJson(request)) response.json({ error: { message: title, explanation, requestId } });
    else response.render('error', { title, explanation, requestId, user: request.user });
  }

  private log(error: unknown, { method, path }: Request, requestId: string): void {
    const what = `${method} ${path} failed, request ${requestId}: ${String(error)}`;
    this.logger.error(what, error instanceof Error ? error.stack : undefined);
  }
}

/** Nest's exceptions carry `getStatus`, those of the body parsers a `statusCode`. */
function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 500;
  if ('getStatus' in error && typeof error.getStatus === 'function') return Number(error.getStatus());
  const status = 'statusCode' in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 600 ? status : 500;
}

const wantsJson = (request: Request) => request.accepts(['html', 'json']) === 'json';
