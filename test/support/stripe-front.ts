import { createServer, type IncomingMessage, type RequestListener, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A server of a test's own, on a port of its own. */
export class TestServer {
  private constructor(private readonly server: Server) {}

  static async listen(listener: RequestListener): Promise<TestServer> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    return new TestServer(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** What Stripe answered, before it is passed on. */
export interface StripeAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Stands in front of the local Stripe and changes its answers. */
export const stripeFront = (
  stripePort: number,
  change: (asked: IncomingMessage, answer: StripeAnswer) => StripeAnswer | void,
): Promise<TestServer> =>
  TestServer.listen(async (asked, response) => {
    const { method, url, headers } = asked;
    const body = await buffer(asked);
    const stripe = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ host: 'localhost', port: stripePort, path: url, method, agent: false, headers }, resolve)
        .once('error', reject)
        .end(body);
    });
    const answer = {
      status: stripe.statusCode ?? 500,
      headers: { ...stripe.headers, 'content-length': undefined, 'transfer-encoding': undefined },
      body: (await buffer(stripe)).toString(),
    };
    const { status, headers: changed, body: text } = change(asked, answer) ?? answer;
    for (const [name, value] of Object.entries(changed)) if (value !== undefined) response.setHeader(name, value);
    response.writeHead(status).end(text);
  });
