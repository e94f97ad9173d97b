import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Event } from '../model/wire.js';
import { send, signatureHeader } from './send.js';

const event = { id: 'evt_1', object: 'event', api_version: '2026-10-28.endive', type: 'product.created' } as Event;

describe('an event that is sent', () => {
  let server: Server;
  let url: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const stopped = new AbortController();

  beforeEach(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`;
  });
  afterEach(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });

  const sent = (signal = stopped.signal) => send(event, { url, secret: 'whsec_1' }, 5, signal);

  it('is signed, and the next one goes over the same connection', async () => {
    const ports = new Set<number | undefined>();
    let body = '';
    let headers: IncomingMessage['headers'] = {};
    answer = (request, response) => {
      ports.add(request.socket.remotePort);
      ({ headers } = request);
      body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => response.end('{"received":true}'));
    };

    const delivered = { ok: true, answer: '200', said: '{"received":true}' };
    expect([await sent(), await sent()]).toEqual([delivered, delivered]);
    expect(ports.size).toBe(1);
    expect(JSON.parse(body)).toEqual(event);
    const signature = String(headers['stripe-signature']);
    expect(signature).toBe(signatureHeader(body, 'whsec_1', Number(/t=(\d+)/.exec(signature)?.[1])));
    expect(headers).toMatchObject({ 'content-length': String(body.length), 'local-stripe-clock-ahead-ms': '5' });
  });

  it('is sent over a new connection where the receiver closes the one that was kept', async () => {
    const used = new Set<unknown>();
    let ends: 'quietly' | 'by a reset' = 'quietly';
    answer = ({ socket }, response) => {
      if (!used.has(socket)) response.end();
      else if (ends === 'quietly') socket.end();
      else socket.resetAndDestroy();
      used.add(socket);
    };
    const deliveries: unknown[] = [];
    for (ends of ['quietly', 'by a reset', 'quietly', 'by a reset'] as const)
      deliveries.push(await sent(), await sent());

    expect(deliveries).toEqual(deliveries.map(() => ({ ok: true, answer: '200', said: '' })));
  });

  it.each([
    [204, true],
    [302, false],
    [500, false],
  ])('is delivered with the status %d: %s', async (status, ok) => {
    answer = (_request, response) => response.writeHead(status, { location: url }).end();

    expect(await sent()).toEqual({ ok, answer: String(status), said: '' });
  });

  it('leaves the beginning of an answer that does not end', async () => {
    const closed = new Promise((resolve) => {
      answer = (_request, response) => {
        response.on('close', resolve);
        response.write('ü'.repeat(700));
      };
    });

    expect(await sent()).toEqual({ ok: true, answer: '200', said: 'ü'.repeat(500) });
    await closed;
  });

  it('is delivered where the answer breaks off after its status', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    };

    expect(await sent()).toMatchObject({ ok: true, answer: '200' });
  });

  it('is not delivered without an answer', async () => {
    answer = (request) => request.socket.destroy();
    expect(await sent()).toEqual({ ok: false, answer: 'socket hang up', said: '' });

    answer = (_request, response) => response.writeHead(101, { connection: 'upgrade', upgrade: 'other' }).end();
    expect(await sent()).toMatchObject({ ok: false, said: '' });
  });

  it('is not delivered where nobody listens, by any of the addresses of a name', async () => {
    const port = (server.address() as AddressInfo).port;
    await new Promise((resolve) => server.close(resolve));
    for (url of [`http://127.0.0.1:${port}`, `http://localhost:${port}`])
      expect(await sent()).toMatchObject({ ok: false, answer: expect.stringContaining('ECONNREFUSED') });
    server.listen(0);
  });

  it('is broken off when the server stops', async () => {
    const stop = new AbortController();
    answer = () => stop.abort();

    expect(await sent(stop.signal)).toMatchObject({ ok: false });
    expect(await sent(stop.signal)).toMatchObject({ ok: false });
  });
});
