import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Browsers, and not only Chromium, find every `*.localhost` on this machine. */
const HOST = 'pay.localhost';

/**
 * Stripe with a domain of its own for Checkout: its API is at `apiUrl`, and the pages of the sessions that it makes are at
 * `origin`, a host that no setting of the app names. The local Stripe is behind it.
 */
export class CustomDomain {
  private constructor(
    private readonly server: Server,
    private readonly port: number,
    private readonly sandboxUrl: string,
  ) {
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) =>
      this.carry(asked, answer).catch(() => answer.destroy()),
    );
  }

  static async start(sandboxUrl: string): Promise<CustomDomain> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    return new CustomDomain(server, (server.address() as AddressInfo).port, sandboxUrl);
  }

  get apiUrl(): string {
    return `http://localhost:${this.port}`;
  }

  get origin(): string {
    return `http://${HOST}:${this.port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async carry(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const stripe = await this.askStripe(asked, await buffer(asked));
    const { 'content-length': _, ...headers } = stripe.headers;
    const body = (await buffer(stripe)).toString().replaceAll(`${this.sandboxUrl}/c/pay/`, `${this.origin}/c/pay/`);
    answer.writeHead(stripe.statusCode ?? 500, headers).end(body);
  }

  private askStripe({ method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { host } = new URL(this.sandboxUrl);
    return new Promise((resolve, reject) => {
      request(new URL(url ?? '', this.sandboxUrl), { method, agent: false, headers: { ...headers, host } }, resolve)
        .once('error', reject)
        .end(body);
    });
  }
}
