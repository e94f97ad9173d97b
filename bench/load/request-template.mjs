import { createHmac } from 'node:crypto';
import { checkoutCompleted } from './checkout-completed.mjs';
import { paymentIds } from './payment-ids.mjs';
import { EVENT_BYTES, WEBHOOK_SECRET } from './shared.mjs';

const placeholder = (letter, length) => letter.repeat(length);
const timestampPlaceholder = placeholder('T', 10);
const signaturePlaceholder = placeholder('S', 64);
const eventIdPlaceholder = `evt_${placeholder('E', 24)}`;

/**
 * A delivery with offsets: all have the same length, so writing one is a copy, four names and a signature. That is much
 * cheaper than building it anew, and the load must never be what limits a server.
 */
export class RequestTemplate {
  constructor(port) {
    const blank = {
      eventId: eventIdPlaceholder,
      ...mapValues(paymentIds(0), (value, name) => name[0].repeat(value.length)),
    };
    const body = checkoutCompleted(blank, Math.floor(Date.now() / 1_000));
    this.text = head(port) + body;
    this.bytes = Buffer.from(this.text, 'latin1');
    this.bodyAt = this.text.indexOf(body);
    this.offsets = mapValues(blank, (value) => positions(this.text, value));
    this.timestampAt = this.text.indexOf(timestampPlaceholder);
    this.signatureAt = this.text.indexOf(signaturePlaceholder);
  }

  /** Fills `into`, which has the form's length, with a signed delivery. */
  write(into, ids) {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    this.bytes.copy(into);
    for (const name in this.offsets) for (const at of this.offsets[name]) into.latin1Write(ids[name], at);
    into.latin1Write(timestamp, this.timestampAt);
    const hmac = createHmac('sha256', WEBHOOK_SECRET).update(`${timestamp}.`).update(into.subarray(this.bodyAt));
    into.latin1Write(hmac.digest('hex'), this.signatureAt);
  }
}

const head = (port) =>
  [
    'POST /webhook HTTP/1.1',
    `Host: localhost:${port}`,
    'User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    'Accept: */*; q=0.5, application/xml',
    'Cache-Control: no-cache',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${EVENT_BYTES}`,
    `Stripe-Signature: t=${timestampPlaceholder},v1=${signaturePlaceholder}`,
    '\r\n',
  ].join('\r\n');

function positions(text, part) {
  const found = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) found.push(at);
  return found;
}

const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
