import { createServer } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';

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

/** Express on a server that does not wait long for slow clients. */
export class TimedExpressAdapter extends ExpressAdapter {
  constructor(private readonly times: RequestTimes = REQUEST_TIMES) {
    super();
  }

  override initHttpServer(): void {
    this.httpServer = createServer({ ...this.times }, this.getInstance());
  }
}
