import { Injectable } from '@nestjs/common';
import { Stripe } from 'stripe';
import { Env } from '../config/env.js';

/** How old a delivery's timestamp may be, and how far in the future, in seconds. The SDK checks the first alone. */
export const TOLERANCE_SECONDS = 300;

/** Checks the `Stripe-Signature` header against the bytes that came. Source: https://docs.stripe.com/webhooks/signature */
@Injectable()
export class WebhookSignature {
  private readonly secrets: readonly string[];

  constructor(env: Env) {
    this.secrets = env.stripe?.webhookSecrets ?? [];
  }

  /** Whether any of our secrets signed these bytes at about this time. `now` is in ms. */
  isValid(body: Buffer, header: string | undefined, now: number = Date.now()): boolean {
    if (!header || isFromTheFuture(header, now)) return false;
    return this.secrets.some((secret) => signedBy(secret, body, header, now));
  }
}

function signedBy(secret: string, body: Buffer, header: string, now: number): boolean {
  try {
    return verifyHeader(body, header, secret, TOLERANCE_SECONDS, undefined, now);
  } catch {
    return false; // the SDK says "no" in several kinds of error; each is the same answer to a stranger
  }
}

/** The signature alone: `constructEvent` would also refuse thin events, which we keep as ignored. */
function verifyHeader(...check: Parameters<NonNullable<typeof Stripe.webhooks.signature>['verifyHeader']>): boolean {
  return Stripe.webhooks.signature?.verifyHeader(...check) ?? false;
}

/** Reads the timestamp as the SDK does, where the last `t` counts. */
function isFromTheFuture(header: string, now: number): boolean {
  const stamps = header.split(',').filter((part) => part.startsWith('t='));
  const seconds = Number.parseInt(stamps.at(-1)?.slice(2) ?? '', 10);
  return !(seconds <= now / 1000 + TOLERANCE_SECONDS);
}
