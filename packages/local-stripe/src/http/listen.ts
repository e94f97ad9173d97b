import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Certificate } from './certificate.js';

/** The port to listen on is taken, by another local Stripe or by something else. */
export class PortTakenError extends Error {
  constructor(
    readonly port: number,
    cause: unknown,
  ) {
    super(`Port ${port} is taken: stop what listens there, or choose another port for the local Stripe.`, { cause });
    this.name = 'PortTakenError';
  }
}

/** The system lets only privileged users listen on this port. */
export class PortForbiddenError extends Error {
  constructor(
    readonly port: number,
    cause: unknown,
  ) {
    super(`Port ${port} is only for privileged users here: run with sudo, or choose a port from 1024 on.`, { cause });
    this.name = 'PortForbiddenError';
  }
}

export interface ListenOptions {
  /** 0 picks a free one. */
  port: number;
  /** Address to listen on. Defaults to loopback, IPv4 and IPv6. */
  host: string | undefined;
  /** Serves HTTPS with it. Defaults to HTTP. */
  certificate?: Certificate;
}

export interface Listening {
  port: number;
  /** Takes no more connections and resolves when the requests under way are answered. */
  close(): Promise<void>;
}

/** `localhost` resolves to either, depending on machine and client. */
const LOOPBACK = ['127.0.0.1', '::1'];
const LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000 };

/** Listens on the host, or on loopback where none is named. Throws PortTakenError and PortForbiddenError. */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Listening> {
  const { port, host, certificate } = options;
  const create = () =>
    certificate ? createTlsServer({ ...LIMITS, ...certificate }, handler) : createServer(LIMITS, handler);
  const [first = '127.0.0.1', ...others] = host === undefined ? LOOPBACK : [host];
  const server = await open(create(), port, first);
  const servers = [server];
  const taken = (server.address() as AddressInfo).port;
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(closed));
  };
  for (const other of others) {
    try {
      servers.push(await open(create(), taken, other));
    } catch (error) {
      // Without IPv6, IPv4 alone will do; and so it will where any free port was asked for.
      if (!(error instanceof PortTakenError) || port === 0) continue;
      await close();
      throw error;
    }
  }
  return { port: taken, close };
}

/** How often a closing server looks for connections that are of no more use, ms. */
const LOOK_EVERY_MS = 20;
/** A connection on which nothing was sent for this time, ms, is one that a browser opened for a request it may make later. */
const UNUSED_AFTER_MS = 1_000;
/** The open connections of a server, and when each was opened. */
const connections = new WeakMap<Server, Map<Socket, number>>();

function noteConnections(server: Server): void {
  const opened = new Map<Socket, number>();
  connections.set(server, opened);
  server.on('connection', (socket: Socket) => {
    opened.set(socket, performance.now());
    socket.once('close', () => opened.delete(socket));
  });
}

/**
 * Resolves when the requests under way are answered. Node closes the connections that are idle at this moment; one that becomes
 * idle later would last for its keep-alive time, and one without any request for as long as headers may take.
 */
function closed(server: Server): Promise<void> {
  const closeUnneeded = setInterval(() => {
    server.closeIdleConnections();
    const before = performance.now() - UNUSED_AFTER_MS;
    for (const [socket, openedAt] of connections.get(server) ?? [])
      if (socket.bytesRead === 0 && openedAt < before) socket.destroy();
  }, LOOK_EVERY_MS);
  return new Promise((resolve) =>
    server.close(() => {
      clearInterval(closeUnneeded);
      resolve();
    }),
  );
}

function open(server: Server, port: number, host: string): Promise<Server> {
  noteConnections(server);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, port)));
    server.listen(port, host, () => resolve(server));
  });
}

function explained(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') return new PortTakenError(port, error);
  return error.code === 'EACCES' ? new PortForbiddenError(port, error) : error;
}
