import type { Request } from 'express';

type Asked = Pick<Request, 'get' | 'protocol'>;

/** Where the caller reached the sandbox: addresses in answers lead back the same way. */
export const originOf = (request: Asked): string => `${request.protocol}://${request.get('host') ?? ''}`;

/** The host name that the caller named, in lower case and without its port; empty where there was none. */
export const hostNameOf = (request: Asked): string => (request.get('host') ?? '').replace(/:\d+$/, '').toLowerCase();

/** The same place by another host name; the caller's where none is given. */
export function originAt(origin: string, hostName: string | undefined): string {
  if (hostName === undefined) return origin;
  const url = new URL(origin);
  url.hostname = hostName;
  return url.origin;
}
