import { setTimeout } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { useAppProcess } from '../support/app-process.js';
import { auditEvents } from './support/event-audit.js';
import { anInvoiceEvent, type SentEvent } from './support/events.js';
import { Load } from './support/load.js';
import { SeededRandom } from '../support/seeded-random.js';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { WebhookSender } from '../support/webhook-sender.js';

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

const ROUNDS = 2;
const LONGEST_STOP_MS = 10_000;
/** Long enough for a second signal not to be taken for the first one. */
const SECOND_SIGNAL_AFTER_MS = 700;

describe('SIGTERM', () => {
  const random = SeededRandom.announced('SIGTERM');
  const app = useAppProcess((process) => process.start(), { forEachTest: true });

  it('under load loses no event that was answered 200, and answers every request that got in', async () => {
    const acknowledged = new Set<string>();
    const unanswered: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const load = new Load(
        (event) => app.sender.send(event),
        () => anInvoiceEvent(),
      );
      await setTimeout(random.between(50, 600));
      const began = performance.now();
      expect(await app.end('SIGTERM')).toBe(0);
      expect(performance.now() - began).toBeLessThan(LONGEST_STOP_MS);
      await load.ended();
      expect(load.refusals).toEqual({});
      for (const id of load.acknowledged) acknowledged.add(id);
      unanswered.push(...load.unanswered.map(({ id }) => id));
      await app.start();
    }
    await app.events.drained();
    expect(await auditEvents(app.database, acknowledged)).toEqual({
      stored: acknowledged.size, // so a connection broke only where the request had not got in
      lost: [],
      doubled: [],
    });
    expect(acknowledged.size).toBeGreaterThan(unanswered.length);
  });

  it('is reported to a load balancer first: not ready, and requests that still come are answered', async () => {
    await app.end('SIGTERM');
    await app.start({ SHUTDOWN_DELAY_MS: '3000' });
    const ended = app.end('SIGTERM');
    await eventually('it says that it is not ready', async () => !(await app.answers('/health/ready')));
    const event = anInvoiceEvent();
    expect((await app.sender.send(event)).status).toBe(200);
    expect(await ended).toBe(0);
    expect(await app.events.find(event.id)).toMatchObject({ status: 'done' });
  });

  it('lets a request finish whose body is still on its way', async () => {
    const event = anInvoiceEvent();
    const request = await UnfinishedRequest.begin(app.sender, event);
    const ended = app.end('SIGTERM');
    await app.refusesConnections();
    expect(await request.finish()).toMatch(/^HTTP\/1\.1 200/);
    expect(await ended).toBe(0);
    expect(await app.events.find(event.id)).toBeDefined();
  });

  it('lets a handler finish that is under way, also where it comes twice', async () => {
    const event = anInvoiceEvent('invoice.sent');
    await app.sender.send(event);
    await app.hasReported(`began ${event.id}`);
    const ended = app.end('SIGTERM');
    await app.hasReported('stopping');
    await setTimeout(SECOND_SIGNAL_AFTER_MS);
    void app.end('SIGTERM');
    await setTimeout(100);
    app.setSwitches({ release: true });
    expect(await ended).toBe(0);
    expect(await app.events.find(event.id)).toMatchObject({ status: 'done', attempts: 1 });
    expect(await app.events.effectsOf(event.id)).toEqual(['Slow']);
  });
});
