import type { RequestHandler, Response } from 'express';

/** The CSP of all pages: nothing from other origins, no script, forms to this server only. */
export const securityHeaders: RequestHandler = (_request, response, next) => {
  allow(response);
  response.set({
    'Cache-Control': 'no-store',
    // The dashboard's forms redirect to their page by its `Referer`; other origins get none.
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
  });
  next();
};

/** Allows forms of this page to redirect to these origins. */
export const allowFormsTo = (response: Response, origins: string[]): void =>
  allow(response, { formAction: ["'self'", ...origins].join(' ') });

/** Allows the dashboard's script, which updates the page. */
export const allowOwnScript = (response: Response): void =>
  allow(response, { script: " script-src 'self'; connect-src 'self';" });

function allow(response: Response, { formAction = "'self'", script = '' } = {}): void {
  response.set(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'self'; img-src data:;${script} base-uri 'none'; frame-ancestors 'none'; form-action ${formAction}`,
  );
}
