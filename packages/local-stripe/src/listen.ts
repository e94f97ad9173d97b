import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PortTakenError } from './port-taken-error.js';

export interface Listening {
  port: number;
  /** Takes no more connections and resolves when the requests under way are answered. */
  close(): Promise<void>;
}

/** `localhost` is the one or the other, as the machine and the client like. */
const LOOPBACK = ['127.0.0.1', '::1'];

/** Listens on the host, or on loopback where none is named. */
export async function listen(handler: RequestListener, port: number, host: string | undefined): Promise<Listening> {
  const [first = '127.0.0.1', ...others] = host === undefined ? LOOPBACK : [host];
  const server = await open(handler, port, first);
  const servers = [server];
  const taken = (server.address() as AddressInfo).port;
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((each) => new Promise((resolve) => each.close(resolve))));
  };
  for (const other of others) {
    try {
      servers.push(await open(handler, taken, other));
    } catch (error) {
      // No IPv6 on this machine: then nobody comes that way. A free port was asked for: IPv4 alone will do.
      if (!(error instanceof PortTakenError) || port === 0) continue;
      await close();
      throw error;
    }
  }
  return { port: taken, close };
}

function open(handler: RequestListener, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, handler);
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(port, error) : error),
    );
    server.listen(port, host, () => resolve(server));
  });
}
