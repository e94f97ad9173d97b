import type { RequestHandler, Response } from 'express';

/** Pages load nothing from elsewhere, run no script and post to nobody but the sandbox. */
export const securityHeaders: RequestHandler = (_request, response, next) => {
  allow(response);
  response.set({
    'Cache-Control': 'no-store',
    // Other sites are told nothing; the sandbox's own buttons lead back to the page that they are on.
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
  });
  next();
};

/** Lets this page's forms end at these origins too. */
export const allowFormsTo = (response: Response, origins: string[]): void =>
  allow(response, { formAction: ["'self'", ...origins].join(' ') });

/** Lets this page run the sandbox's own script, which fetches the page again. */
export const allowOwnScript = (response: Response): void =>
  allow(response, { script: " script-src 'self'; connect-src 'self';" });

function allow(response: Response, { formAction = "'self'", script = '' } = {}): void {
  response.set(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'self'; img-src data:;${script} base-uri 'none'; frame-ancestors 'none'; form-action ${formAction}`,
  );
}
