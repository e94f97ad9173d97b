import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Env } from '../config/env.js';
import { isThisMachine } from '../config/postgres-address.js';
import { TwoAddressServer } from './http-server.js';

/** Whether only this machine can reach the app: a container's address is another one. */
export const listensOnLoopback = ({ listenHost, production }: Env): boolean =>
  listenHost ? isThisMachine(listenHost) : !production;

/**
 * Listens on LISTEN_HOST. Without one, on every address in production, and on this machine's own elsewhere: there whoever
 * comes is the stub user.
 */
export async function listen(app: NestExpressApplication, { port, listenHost, production }: Env): Promise<void> {
  const host = listenHost ?? (production ? undefined : 'localhost');
  if (host !== 'localhost') return void (await (host ? app.listen(port, host) : app.listen(port)));
  await app.listen(port, '127.0.0.1');
  const server: unknown = app.getHttpServer();
  if (server instanceof TwoAddressServer) await server.listenAlso('::1'); // `localhost` is the one or the other
}
