import { type RequestListener, Server, type ServerOptions } from 'node:http';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import express from 'express';
import type { Env } from '../config/env.js';
import { isThisMachine } from '../config/postgres-address.js';

/** `listen` fails with these where the machine does not have the address, such as ::1 where IPv6 is off. */
const NO_SUCH_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];
/** How often a closing server looks for connections that have become idle, ms. */
const CLOSE_IDLE_EVERY_MS = 20;
/** A connection on which nothing was sent for this time, ms, is one that a browser opened for a request it may make later. */
const UNUSED_AFTER_MS = 1_000;

/** An HTTP server that can listen on a second address, and closes as soon as its last answer is sent. */
export class TwoAddressServer extends Server {
  private second: NetServer | undefined;
  /** The open connections, and when each was opened. */
  private readonly openedAt = new Map<Socket, number>();

  constructor(options: ServerOptions, listener: RequestListener) {
    super(options, listener);
    this.on('connection', (socket) => {
      this.openedAt.set(socket, performance.now());
      socket.once('close', () => this.openedAt.delete(socket));
    });
  }

  /** Serves connections to the same port of `host` as well. Does nothing where this machine has no such address. */
  async listenAlso(host: string): Promise<void> {
    const { port } = this.address() as AddressInfo;
    const second = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.emit('connection', socket));
    try {
      await new Promise<void>((resolve, reject) => second.once('error', reject).listen(port, host, resolve));
      this.second = second;
    } catch (error) {
      if (!NO_SUCH_ADDRESS.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }

  /**
   * Takes no more connections on either address; `done` is called once the requests under way are answered. Node itself closes
   * the connections that are idle at the moment of the call; one that becomes idle later would last for its keep-alive time, and
   * one without any request for as long as headers may take.
   */
  override close(done?: (error?: Error) => void): this {
    const closeIdle = setInterval(() => {
      this.closeIdleConnections();
      this.closeUnusedConnections();
    }, CLOSE_IDLE_EVERY_MS);
    const second = this.second;
    const secondIsClosed = second && new Promise((resolve) => second.close(resolve));
    return super.close((error) => {
      void Promise.resolve(secondIsClosed).then(() => {
        clearInterval(closeIdle); // not before: connections to the second address are closed by it, too
        done?.(error);
      });
    });
  }

  private closeUnusedConnections(): void {
    const before = performance.now() - UNUSED_AFTER_MS;
    for (const [socket, openedAt] of this.openedAt) if (socket.bytesRead === 0 && openedAt < before) socket.destroy();
  }
}

/** How long a client may take to send a request, ms. */
export interface RequestTimes {
  /** For the whole request; it is answered 408 afterwards. Defaults to 30,000; Node's own default is 300,000. */
  requestTimeout: number;
  /** For its headers. Defaults to 10,000. */
  headersTimeout: number;
  /** How often both are checked. Defaults to 5,000. */
  connectionsCheckingInterval: number;
}

const REQUEST_TIMES: RequestTimes = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 5_000,
};

type RawListener = (...exchange: Parameters<RequestListener>) => Promise<void>;

/** Nest's Express adapter with short time limits for slow clients, and with routes that bypass Express. */
export class TimedExpressAdapter extends ExpressAdapter {
  private readonly rawRoutes = new Map<string, RawListener>();

  constructor(private readonly times: RequestTimes = REQUEST_TIMES) {
    super(caseSensitiveExpress());
  }

  /**
   * Answers POST requests to this path without Express and its middleware, which cost more than the webhook's whole intake.
   * As in Express, a query and a slash at the end make no difference.
   */
  addRawRoute(path: string, listener: RawListener): void {
    this.rawRoutes.set(path, listener);
  }

  override initHttpServer(): void {
    const viaExpress = this.getInstance<RequestListener>();
    this.httpServer = new TwoAddressServer({ ...this.times }, (request, response) => {
      const listener = request.method === 'POST' ? this.rawRoutes.get(pathOf(request.url)) : undefined;
      if (!listener) return viaExpress(request, response);
      listener(request, response).catch(() => response.destroy());
    });
  }
}

/** Must be set before Nest first uses the app, since Express makes its router then. Without it /WEBHOOK would be a route, too. */
function caseSensitiveExpress(): express.Express {
  const app = express();
  app.enable('case sensitive routing');
  return app;
}

/** Without the query and without a slash at the end. */
const pathOf = (url = ''): string => url.replace(/\?.*$/s, '').replace(/(?<=.)\/$/, '');

/** Whether only programs on this machine can connect; from outside of its container, nobody can. */
export const listensOnLoopback = ({ listenHost, production }: Env): boolean =>
  listenHost ? isThisMachine(listenHost) : !production;

/**
 * Listens on LISTEN_HOST. By default on all addresses in production, and otherwise on loopback only, since everybody who can connect
 * is the stub user there.
 * @throws what `listen` throws, such as EADDRINUSE; see boot.ts
 */
export async function listen(app: NestExpressApplication, { port, listenHost, production }: Env): Promise<void> {
  const host = listenHost ?? (production ? undefined : 'localhost');
  if (host !== 'localhost') return void (await (host ? app.listen(port, host) : app.listen(port)));
  await app.listen(port, '127.0.0.1');
  const server: unknown = app.getHttpServer();
  if (server instanceof TwoAddressServer) await server.listenAlso('::1'); // `localhost` may mean either
}
