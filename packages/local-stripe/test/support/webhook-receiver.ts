import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { eventually } from './eventually.js';

type EventOf<T extends Stripe.Event['type']> = Extract<Stripe.Event, { type: T }>;

/** A webhook endpoint as a careful receiver builds it: what is not signed by the sandbox does not count. */
export class WebhookReceiver {
  readonly events: Stripe.Event[] = [];
  /** Every delivery, the refused ones too. */
  readonly attempts: Stripe.Event[] = [];
  secret = '';
  /** The status to answer with. */
  answer: (event: Stripe.Event) => number = () => 200;

  /** Takes deliveries and never answers. */
  hangs = false;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async listen(): Promise<WebhookReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const receiver = new WebhookReceiver(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`);
    server.on('request', async (request, response) => {
      const status = await receiver.take(request);
      if (!receiver.hangs) response.writeHead(status).end();
    });
    return receiver;
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }

  /** Resolves with the first event of the type, once it has been received; `about`: an id that its object has in it. */
  event<T extends Stripe.Event['type']>(type: T, about = ''): Promise<EventOf<T>> {
    const wanted = (event: Stripe.Event): event is EventOf<T> =>
      event.type === type && JSON.stringify(event.data.object).includes(about);
    return eventually(() => this.events.find(wanted), `a ${type} event ${about}`);
  }

  /** Resolves when so many deliveries came, the refused ones counted. */
  async attempted(count: number): Promise<void> {
    await eventually(() => this.attempts.length >= count || undefined, `${count} deliveries`);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async take(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const signature = request.headers['stripe-signature'] ?? '';
    const event = this.verified(Buffer.concat(chunks), signature);
    if (!event) return 400;
    this.attempts.push(event);
    const status = this.answer(event);
    if (status === 200) this.events.push(event);
    return status;
  }

  private verified(body: Buffer, signature: string | string[]): Stripe.Event | undefined {
    try {
      return Stripe.webhooks.constructEvent(body, signature, this.secret);
    } catch {
      return undefined;
    }
  }
}
