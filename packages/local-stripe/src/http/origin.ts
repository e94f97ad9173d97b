import type { Request } from 'express';

type Asked = Pick<Request, 'app' | 'get' | 'protocol'>;

/** Stripe's host names that are answered with `tls`; the certificate is for them. */
export const STRIPE_HOSTS = ['api.stripe.com', 'checkout.stripe.com'];

/**
 * The origin for addresses in answers: the one that the request was sent to. For requests to Stripe's own names it is
 * this server's, which a browser opens without the certificate.
 */
export function originOf(request: Asked): string {
  if (STRIPE_HOSTS.includes(hostNameOf(request))) return ownOrigin(request);
  return `${request.protocol}://${request.get('host') ?? ''}`;
}

/** The host name of the request, in lower case and without port; empty where there is none. */
export const hostNameOf = (request: Pick<Request, 'get'>): string =>
  (request.get('host') ?? '').replace(/:\d+$/, '').toLowerCase();

/** The origin with another host name; unchanged where none is given. */
export function originAt(origin: string, hostName: string | undefined): string {
  if (hostName === undefined) return origin;
  const url = new URL(origin);
  url.hostname = hostName;
  return url.origin;
}

const ownOrigin = ({ app }: Asked): string => String(app.locals['origin']);
