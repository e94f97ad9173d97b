import type { Event } from '../model/wire.js';
import type { Attempt } from '../state/delivery-attempts.js';
import type { Destination } from '../state/endpoints.js';
import { createHmac } from 'node:crypto';

/** The `Stripe-Signature` header. `timestamp` in seconds. */
export function signatureHeader(body: string, secret: string, timestamp: number): string {
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return `t=${timestamp},v1=${signature}`;
}

const ANSWER_TIMEOUT_MS = 10_000;
/** Characters of the response body that are stored. */
const KEPT = 500;

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
  const limit = timeLimit(stopped);
  const body = JSON.stringify({ ...event, api_version: apiVersion ?? event.api_version }, null, 2);
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        // By the machine's clock: the receiver compares it with its own.
        'stripe-signature': signatureHeader(body, secret, Math.floor(Date.now() / 1000)),
        // What a receiver adds to the machine's clock where it goes by the sandbox's. Stripe sends no such header.
        'local-stripe-clock-ahead-ms': String(aheadMs),
      },
      redirect: 'manual',
      signal: limit.signal,
    });
    return { ok: response.ok, answer: String(response.status), said: await beginningOf(response).catch(() => '') };
  } catch (error) {
    return { ok: false, answer: reason(error), said: '' };
  } finally {
    limit.end();
  }
}

/** A signal that aborts after 10 s, or when the server stops. `AbortSignal.any` leaves something behind in `stopped`, each time. */
function timeLimit(stopped: AbortSignal): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort(stopped.reason);
  const late = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  const timer = setTimeout(() => controller.abort(late), ANSWER_TIMEOUT_MS);
  stopped.addEventListener('abort', abort, { once: true });
  if (stopped.aborted) abort();
  const end = (): void => {
    clearTimeout(timer);
    stopped.removeEventListener('abort', abort);
  };
  return { signal: controller.signal, end };
}

/** Reads no more than is stored: the body may have any length. */
async function beginningOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length >= KEPT) break;
  }
  return text.slice(0, KEPT);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
