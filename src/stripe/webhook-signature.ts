import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Env } from '../config/env.js';
import { Stripe } from 'stripe';
import { toUnixSeconds } from './stripe-fields.js';
import { machineNow, machineNowMs } from '../time/clock.js';

/** How old a delivery's timestamp may be, and how far in the future, in seconds. The SDK checks only the age. */
export const TOLERANCE_SECONDS = 300;
/** Hexadecimal digits of a SHA-256. */
const SIGNATURE_LENGTH = 64;

/** A well-formed `Stripe-Signature` header that is not stale. Whether a signature is right depends on the body. */
export interface SignatureHeader {
  /** Seconds since 1970, as it is signed. */
  timestamp: number;
  signatures: readonly Buffer[];
}

/** Why a delivery is refused. `message` names the likely cause, for whoever set up the endpoint. */
export interface SignatureFault {
  fault: 'missing' | 'malformed' | 'no-v1' | 'too-old' | 'in-the-future' | 'no-match';
  message: string;
}

const MISSING: SignatureFault = {
  fault: 'missing',
  message:
    'The Stripe-Signature header is missing: only Stripe posts to this address, and a proxy in between must pass the header on',
};
const MALFORMED: SignatureFault = {
  fault: 'malformed',
  message: 'The Stripe-Signature header has no timestamp (t=…): it is not from Stripe, or a proxy changed it',
};
const NO_V1: SignatureFault = {
  fault: 'no-v1',
  message:
    'The Stripe-Signature header has no v1 signature of 64 hexadecimal digits: it is not from Stripe, or a proxy cut it off',
};

/**
 * Checks the `Stripe-Signature` header against the request's bytes: an HMAC-SHA256 of `timestamp.body` with the endpoint's secret
 * (https://docs.stripe.com/webhooks/signature). The SDK would decode the body to text first; a property test compares the results
 * of both.
 */
@Injectable()
export class WebhookSignature {
  private readonly secrets: readonly KeyObject[];

  constructor(env: Env) {
    this.secrets = (env.stripe?.webhookSecrets ?? []).map((secret) => createSecretKey(secret, 'utf8'));
  }

  /**
   * Reads the header before the body arrives.
   * @param now ms since 1970
   */
  readHeader(header: string | undefined, now: number = machineNowMs()): SignatureHeader | SignatureFault {
    if (!header?.trim()) return MISSING;
    const { timestamp, signatures } = parseHeader(header);
    if (Number.isNaN(timestamp)) return MALFORMED;
    const age = Math.floor(now / 1_000) - timestamp;
    if (Math.abs(age) > TOLERANCE_SECONDS) return stale(age);
    const possible = signatures.filter(({ length }) => length === SIGNATURE_LENGTH);
    return possible.length > 0 ? { timestamp, signatures: possible } : NO_V1;
  }

  /** Whether one of the signatures is of these bytes, by any of our secrets. */
  matches(body: Buffer, { timestamp, signatures }: SignatureHeader): boolean {
    return this.secrets.some((secret) => {
      const expected = Buffer.from(
        createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex'),
        'latin1',
      );
      return signatures.some((given) => timingSafeEqual(given, expected));
    });
  }

  /** The fault of a body that does not match its header. */
  get noMatch(): SignatureFault {
    const ours = this.secrets.length === 1 ? 'our signing secret' : `any of our ${this.secrets.length} signing secrets`;
    return {
      fault: 'no-match',
      message:
        `The signature does not match the body and ${ours}: check STRIPE_WEBHOOK_SECRET against this endpoint's own secret ` +
        '(each endpoint has one, and so has `stripe listen`), and that no proxy changes the body',
    };
  }
}

function stale(age: number): SignatureFault {
  const allowed = `and ${TOLERANCE_SECONDS} are allowed: check this server's clock (NTP)`;
  if (age < 0)
    return {
      fault: 'in-the-future',
      message: `The signature's timestamp is ${-age} seconds ahead of our clock, ${allowed}`,
    };
  return {
    fault: 'too-old',
    message: `The signature's timestamp is ${age} seconds behind our clock, ${allowed}; if it is right, the delivery was held up or replayed`,
  };
}

/** Reads the header as the SDK does: the last `t` and every `v1`, of which there are several while a secret is rotated. */
function parseHeader(header: string): { timestamp: number; signatures: Buffer[] } {
  let timestamp = Number.NaN;
  const signatures: Buffer[] = [];
  for (const part of header.split(',')) {
    if (part.startsWith('v1=')) signatures.push(Buffer.from(part.slice(3).split('=', 1)[0] ?? '', 'latin1'));
    else if (part === 't' || part.startsWith('t=')) timestamp = Number.parseInt(part.slice(2), 10);
  }
  return { timestamp, signatures };
}

/** The `Stripe-Signature` header of a delivery that is sent now. */
export const signDelivery = (payload: string, secret: string): string =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: toUnixSeconds(machineNow()) });
