import { unixNow } from '../clock.js';
import type { Event } from '../wire.js';
import { signatureHeader } from './signature.js';

const ANSWER_TIMEOUT_MS = 10_000;

export interface Attempt {
  ok: boolean;
  /** What came back, in a few words: `200`, `500`, `fetch failed`. */
  answer: string;
}

/** The one place events are delivered to. */
export class Endpoint {
  constructor(
    private readonly url: string,
    private readonly secret: string,
  ) {}

  /** Sends the event once; a 2xx in time is success, a redirect is not. */
  async send(event: Event, stopped: AbortSignal): Promise<Attempt> {
    const body = JSON.stringify(event, null, 2);
    try {
      const response = await fetch(this.url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'stripe-signature': signatureHeader(body, this.secret, unixNow()),
        },
        redirect: 'manual',
        signal: AbortSignal.any([stopped, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      return { ok: response.ok, answer: String(response.status) };
    } catch (error) {
      return { ok: false, answer: reason(error) };
    }
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
