import type { RequestHandler } from 'express';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** A page elsewhere can make its name point at this machine; it cannot make the browser say `localhost`. */
export const loopbackOnly: RequestHandler = (request, response, next) => {
  const host = request.get('host')?.replace(/:\d+$/, '') ?? '';
  if (LOOPBACK.has(host)) return next();
  response.status(403).type('text').send('The sandbox answers at localhost only.');
};
