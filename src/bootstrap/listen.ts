import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Env } from '../config/env.js';
import { isThisMachine } from '../config/postgres-address.js';
import { TwoAddressServer } from './http-server.js';

/** Whether only programs on this machine can connect; from outside of its container, nobody can. */
export const listensOnLoopback = ({ listenHost, production }: Env): boolean =>
  listenHost ? isThisMachine(listenHost) : !production;

/**
 * Listens on LISTEN_HOST. By default on all addresses in production, and otherwise on loopback only, since everybody who can connect
 * is the stub user there.
 * @throws what `listen` throws, such as EADDRINUSE; see explain-error.ts
 */
export async function listen(app: NestExpressApplication, { port, listenHost, production }: Env): Promise<void> {
  const host = listenHost ?? (production ? undefined : 'localhost');
  if (host !== 'localhost') return void (await (host ? app.listen(port, host) : app.listen(port)));
  await app.listen(port, '127.0.0.1');
  const server: unknown = app.getHttpServer();
  if (server instanceof TwoAddressServer) await server.listenAlso('::1'); // `localhost` may mean either
}
