import { join } from 'node:path';
import { type RunningSandbox, type SandboxOptions, startSandbox } from 'local-stripe';
import { Customer } from '../../support/customer.js';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What becomes of an answer on its way from Stripe to the app. */
export type ProxyAction = 'pass' | 'hang' | 'reset';

/** A proxy between the app and Stripe, which can lose answers: always after Stripe did the work. */
export class StripeProxy {
  /** Decides about each answer to a request for a refund; others pass. */
  onRefundResponse: () => Promise<ProxyAction> | ProxyAction = () => 'pass';

  private constructor(
    private readonly server: Server,
    private readonly stripePort: number,
  ) {
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => void this.carry(asked, answer));
  }

  static async start(stripePort: number): Promise<StripeProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    return new StripeProxy(server, stripePort);
  }

  get url(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async carry(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method, url } = asked;
    const stripe = await this.askStripe(asked, await buffer(asked));
    const body = await buffer(stripe);
    const fate = method === 'POST' && url === '/v1/refunds' ? await this.onRefundResponse() : 'pass';
    if (fate === 'reset' && !asked.socket.readableEnded) asked.socket.resetAndDestroy(); // on an ended one, Node never exits
    if (fate === 'pass') answer.writeHead(stripe.statusCode ?? 500, stripe.headers).end(body);
  }

  /** Names the host that Stripe is at, so that the pages it makes lead there. */
  private askStripe({ method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const options = { host: 'localhost', port: this.stripePort, path: url, method, agent: false as const };
    const host = `localhost:${this.stripePort}`;
    return new Promise((resolve, reject) => {
      request({ ...options, headers: { ...headers, host } }, resolve)
        .once('error', reject)
        .end(body);
    });
  }
}

/** Where customers go, and where state may be kept. */
interface Shop {
  url: string;
  folder: string;
}

/** The local Stripe in the test's own process, which outlives the app, and the wire between the two. */
export class StripeOutside {
  private constructor(
    private readonly app: Shop,
    readonly sandbox: RunningSandbox,
    readonly proxy: StripeProxy,
  ) {}

  static async startFor(app: Shop, options: Partial<SandboxOptions> = {}): Promise<StripeOutside> {
    const stateFile = join(app.folder, 'sandbox.db');
    const sandbox = await startSandbox({ port: 0, stateFile, retryDelaysMs: [50], ...options });
    return new StripeOutside(app, sandbox, await StripeProxy.start(sandbox.port));
  }

  /** What leads the app here. The secret is the tests' own, since it is they who send events. */
  get settings(): { STRIPE_API_BASE: string } {
    return { STRIPE_API_BASE: this.proxy.url };
  }

  customer(): Customer {
    return new Customer(this.app.url, 'customer@example.com');
  }

  async stop(): Promise<void> {
    this.proxy.close();
    await this.sandbox.close();
  }
}
