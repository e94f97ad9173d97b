import type { RequestListener } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import { TwoAddressServer } from './two-address-server.js';

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

type AheadListener = (...exchange: Parameters<RequestListener>) => Promise<void>;

/** Express on a server that does not wait long for slow clients, and with routes that are answered ahead of it. */
export class TimedExpressAdapter extends ExpressAdapter {
  private readonly ahead = new Map<string, AheadListener>();

  constructor(private readonly times: RequestTimes = REQUEST_TIMES) {
    super(caseSensitiveExpress());
  }

  /**
   * Answers POST requests to this path without Express, its middleware and its cost; with a slash at its end or a query,
   * too, as Express would.
   */
  takeAhead(path: string, listener: AheadListener): void {
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
