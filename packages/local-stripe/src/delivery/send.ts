import { createHmac } from 'node:crypto';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { Event } from '../model/wire.js';
import type { Attempt } from '../state/delivery-attempts.js';
import type { Destination } from '../state/endpoints.js';

/** The `Stripe-Signature` header. `timestamp` in seconds. */
export function signatureHeader(body: string, secret: string, timestamp: number): string {
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return `t=${timestamp},v1=${signature}`;
}

const ANSWER_TIMEOUT_MS = 10_000;
/** Characters of the response body that are stored. */
const KEPT = 500;
/** `timeout` in ms: an idle connection is closed before a receiver closes it, which would break the next delivery off. */
const CONNECTIONS = { keepAlive: true, timeout: 1000 };
const AGENTS = { http: new http.Agent(CONNECTIONS), https: new https.Agent(CONNECTIONS) };

/**
 * Sends an event once. Only a 2xx within 10 s is success.
 * @param aheadMs how far the sandbox's clock is ahead of the machine's
 */
export async function send(
  event: Event,
  { url, secret, apiVersion }: Destination,
  aheadMs: number,
  stopped: AbortSignal,
): Promise<Attempt> {
  const body = JSON.stringify({ ...event, api_version: apiVersion ?? event.api_version }, null, 2);
  const headers = {
    accept: '*/*',
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    // By the machine's clock: the receiver compares it with its own.
    'stripe-signature': signatureHeader(body, secret, Math.floor(Date.now() / 1000)),
    // What a receiver adds to the machine's clock where it goes by the sandbox's. Stripe sends no such header.
    'local-stripe-clock-ahead-ms': String(aheadMs),
  };
  try {
    return await post(url, { headers, signal: stopped }, body).catch((error: unknown) => {
      if (error instanceof ClosedMeanwhile) return post(url, { headers, signal: stopped, agent: false }, body);
      throw error;
    });
  } catch (error) {
    return { ok: false, answer: reason(error), said: '' };
  }
}

/** A connection that was kept is closed: the receiver ended it before or while it was used again. */
class ClosedMeanwhile extends Error {}

const isClosed = (error: NodeJS.ErrnoException): boolean => error.code === 'ECONNRESET' || error.code === 'EPIPE';

/**
 * Throws where there is no answer; ClosedMeanwhile where a new connection may bring one. Once there is its status, the attempt has
 * ended well or badly, also where the rest does not come.
 */
function post(url: string, options: RequestOptions, body: string): Promise<Attempt> {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:');
    const agent = secure ? AGENTS.https : AGENTS.http;
    const request = (secure ? https : http).request(url, { agent, ...options, method: 'POST' });
    const late = setTimeout(() => request.destroy(new Error('no answer within 10 s')), ANSWER_TIMEOUT_MS);
    let answered = false;
    request.on('response', (response) => {
      answered = true;
      readBeginning(response, (said) => resolve(attemptOf(response.statusCode ?? 0, said)));
    });
    request.on('error', (error) => {
      if (!answered) reject(request.reusedSocket && isClosed(error) ? new ClosedMeanwhile() : error);
    });
    request.on('close', () => {
      clearTimeout(late);
      if (!answered) reject(new Error('closed without an answer'));
    });
    request.end(body);
  });
}

const attemptOf = (status: number, said: string): Attempt => ({
  ok: status >= 200 && status < 300,
  answer: String(status),
  said,
});

/** Reads no more than is stored: the body may have any length. */
function readBeginning(response: IncomingMessage, done: (text: string) => void): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (more: string) => {
    text += more;
    if (text.length >= KEPT) response.destroy();
  });
  response.on('error', () => undefined); // broken off: `close` follows
  response.on('close', () => done(text.slice(0, KEPT)));
}

/** Where a name has several addresses, each has failed for a reason of its own. */
function reason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reason).join(', ');
  return error instanceof Error ? error.message : String(error);
}
