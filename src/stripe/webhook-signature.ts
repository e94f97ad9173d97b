import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Env } from '../config/env.js';

/** How old a delivery's timestamp may be, and how far in the future, in seconds. The SDK checks the first alone. */
export const TOLERANCE_SECONDS = 300;

/**
 * Checks the `Stripe-Signature` header against the bytes that came: an HMAC-SHA256 of `timestamp.body` by the endpoint's
 * secret. Source: https://docs.stripe.com/webhooks/signature. Straight on the bytes, where the SDK decodes them first; a
 * property test holds the two to the same verdict.
 */
@Injectable()
export class WebhookSignature {
  private readonly secrets: readonly KeyObject[];

  constructor(env: Env) {
    this.secrets = (env.stripe?.webhookSecrets ?? []).map((secret) => createSecretKey(secret, 'utf8'));
  }

  /** Whether any of our secrets signed these bytes at about this time. `now` is in ms. */
  isValid(body: Buffer, header: string | undefined, now: number = Date.now()): boolean {
    const { timestamp, signatures } = parseHeader(header ?? '');
    if (!(Math.abs(Math.floor(now / 1_000) - timestamp) <= TOLERANCE_SECONDS)) return false; // NaN is no time either
    return this.secrets.some((secret) => {
      const expected = Buffer.from(
        createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex'),
        'latin1',
      );
      return signatures.some((given) => given.length === expected.length && timingSafeEqual(given, expected));
    });
  }
}

/** Reads the header as the SDK does: the last `t` counts, and every `v1`, of which there are several during a rotation. */
function parseHeader(header: string): { timestamp: number; signatures: Buffer[] } {
  let timestamp = Number.NaN;
  const signatures: Buffer[] = [];
  for (const part of header.split(',')) {
    if (part.startsWith('v1=')) signatures.push(Buffer.from(part.slice(3).split('=', 1)[0] ?? '', 'latin1'));
    else if (part === 't' || part.startsWith('t=')) timestamp = Number.parseInt(part.slice(2), 10);
  }
  return { timestamp, signatures };
}
