import type { Request } from 'express';

type Asked = Pick<Request, 'app' | 'get' | 'protocol'>;

/** The names of Stripe that are answered under with TLS; the certificate names them too. */
export const STRIPE_HOSTS = ['api.stripe.com', 'checkout.stripe.com'];

/**
 * Where the caller reached this server: addresses in answers lead back the same way. Who came to Stripe's own name is led to
 * this server's address, which a browser opens without the certificate.
 */
export function originOf(request: Asked): string {
  if (STRIPE_HOSTS.includes(hostNameOf(request))) return ownOrigin(request);
  return `${request.protocol}://${request.get('host') ?? ''}`;
}

/** The host name that the caller named, in lower case and without its port; empty where there was none. */
export const hostNameOf = (request: Pick<Request, 'get'>): string =>
  (request.get('host') ?? '').replace(/:\d+$/, '').toLowerCase();

/** The same place by another host name; the caller's where none is given. */
export function originAt(origin: string, hostName: string | undefined): string {
  if (hostName === undefined) return origin;
  const url = new URL(origin);
  url.hostname = hostName;
  return url.origin;
}

const ownOrigin = ({ app }: Asked): string => String(app.locals['origin']);
