import type { IncomingMessage, ServerResponse } from 'node:http';
import { REQUEST_ID_HEADER } from '../http/request-id.js';

/** A string and not bytes: Node sends it in one piece with the headers. */
const RECEIVED = '{"received":true}';
/** How long the rest of a body that nobody wants is discarded, ms, so that its sender comes to read the answer. */
const DISCARD_MS = 2_000;
/** When Stripe may send again what there was no room for, in seconds. */
const RETRY_AFTER_SECONDS = 5;

/** One delivery and its answer. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
}

interface Refusal {
  status: 400 | 413 | 503;
  /** Read by engineers, in Stripe's Dashboard. */
  message: string;
}

/** The event is stored, or was before. */
export function answerReceived({ response, requestId }: Exchange): void {
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': RECEIVED.length,
    [REQUEST_ID_HEADER]: requestId,
  });
  response.end(RECEIVED);
}

export function refuse(exchange: Exchange, refusal: Refusal): void {
  write(exchange, refusal);
  exchange.response.end();
}

/**
 * Refuses before the body is whole. The connection ends with it, but not at once: a client that is still sending would be
 * reset, and many throw an answer away then. What they send meanwhile is discarded.
 */
export function refuseUnread(exchange: Exchange, refusal: Refusal): void {
  const { request, response } = exchange;
  response.setHeader('Connection', 'close');
  write(exchange, refusal);
  const timer = setTimeout(() => response.end(), DISCARD_MS);
  request.once('close', () => {
    clearTimeout(timer);
    response.end();
  });
  request.resume();
}

function write({ response, requestId }: Exchange, { status, message }: Refusal): void {
  const text = JSON.stringify({ error: { message, requestId } });
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    [REQUEST_ID_HEADER]: requestId,
    ...(status === 503 && { 'Retry-After': RETRY_AFTER_SECONDS }),
  });
  response.write(text);
}
