import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { WebhookSender } from '../../support/webhook-sender.js';
import type { SentEvent } from './events.js';

/** A delivery whose head and first half have been sent. */
export class UnfinishedRequest {
  private constructor(
    private readonly socket: Socket,
    private readonly rest: string,
  ) {}

  /** Resolves once the app has the head: it has said so, being asked with `Expect`. */
  static async begin(sender: WebhookSender, event: SentEvent): Promise<UnfinishedRequest> {
    const body = JSON.stringify(event);
    const { hostname, port } = new URL(sender.shopUrl);
    const socket = connect(Number(port), hostname);
    const goOn = new Promise((resolve, reject) => socket.once('data', resolve).once('error', reject));
    const head = [
      'POST /webhook HTTP/1.1',
      `Host: ${hostname}`,
      `Stripe-Signature: ${sender.sign(body)}`,
      `Content-Length: ${body.length}`,
      'Expect: 100-continue',
      'Connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    await goOn;
    socket.write(body.slice(0, body.length / 2));
    return new UnfinishedRequest(socket, body.slice(body.length / 2));
  }

  /** Sends the rest; gives the whole answer. */
  finish(): Promise<string> {
    this.socket.write(this.rest);
    return text(this.socket);
  }
}
