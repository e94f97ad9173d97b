import { type RequestListener, Server } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import { type AddressInfo, createServer, type Server as NetServer } from 'node:net';

/** An address that this machine does not have, as ::1 where IPv6 is off. */
const NO_SUCH_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/** An HTTP server that can listen on a second address. */
export class TwoAddressServer extends Server {
  private second: NetServer | undefined;

  /** Serves what connects to the same port of `host` as well; does nothing where this machine has no such address. */
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

  /** Both addresses take no more connections; `done` is called when the requests of both are answered. */
  override close(done?: (error?: Error) => void): this {
    const { second } = this;
    if (!second) return super.close(done);
    const secondIsClosed = new Promise((resolve) => second.close(resolve));
    return super.close((error) => void secondIsClosed.then(() => done?.(error)));
  }
}

/** How long a client may take, ms. */
export interface RequestTimes {
  /** Until a request is whole, or it is answered 408. Node's own default is five minutes. */
  requestTimeout: number;
  /** Until its headers are. */
  headersTimeout: number;
  /** How often the two are looked at. */
  connectionsCheckingInterval: number;
}

const REQUEST_TIMES: RequestTimes = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 5_000,
};

type RawListener = (...exchange: Parameters<RequestListener>) => Promise<void>;

/** Express on a server that does not wait long for slow clients, and with routes that are answered ahead of it. */
export class TimedExpressAdapter extends ExpressAdapter {
  private readonly ahead = new Map<string, RawListener>();

  constructor(private readonly times: RequestTimes = REQUEST_TIMES) {
    super(caseSensitiveExpress());
  }

  /**
   * Answers POST requests to this path without Express, its middleware and its cost; with a slash at its end or a query,
   * too, as Express would.
   */
  addRawRoute(path: string, listener: RawListener): void {
    this.ahead.set(path, listener);
  }

  override initHttpServer(): void {
    const viaExpress = this.getInstance<RequestListener>();
    this.httpServer = new TwoAddressServer({ ...this.times }, (request, response) => {
      const listener = request.method === 'POST' ? this.ahead.get(pathOf(request.url)) : undefined;
      if (!listener) return viaExpress(request, response);
      listener(request, response).catch(() => response.destroy());
    });
  }
}

/** Set before Nest makes its first use of it, since that is when Express makes the router: or /WEBHOOK would be a route, too. */
function caseSensitiveExpress(): express.Express {
  const app = express();
  app.enable('case sensitive routing');
  return app;
}

/** Without the query, and without a slash at its end. */
export const pathOf = (url = ''): string => url.replace(/\?.*$/s, '').replace(/(?<=.)\/$/, '');
