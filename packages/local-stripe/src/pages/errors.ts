import type { ErrorRequestHandler } from 'express';

/** A page for what went wrong; the reason goes to the log, never to the browser. */
export const answerPageErrors =
  (log: (line: string) => void): ErrorRequestHandler =>
  (error: unknown, _request, response, _next) => {
    const status =
      error instanceof Error && 'status' in error && Number(error.status) < 500 ? Number(error.status) : 500;
    if (status === 500) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    response.status(status).render('ended', { title: 'Something went wrong', broken: true });
  };
