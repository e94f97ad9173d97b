import type { RequestHandler, Response } from 'express';

/** Pages load nothing from elsewhere, run no script and post to nobody but the sandbox. */
export const securityHeaders: RequestHandler = (_request, response, next) => {
  allowFormsTo(response, []);
  response.set({
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
  });
  next();
};

/** Lets this page's forms end at these origins too. */
export function allowFormsTo(response: Response, origins: string[]): void {
  const formAction = ["'self'", ...origins].join(' ');
  response.set(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action ${formAction}`,
  );
}
