import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { ANSWER, answerHeaders } from './answer.mjs';

const { PORT, STRIPE_WEBHOOK_SECRET: secret } = process.env;
const TOLERANCE_SECONDS = 300;

/**
 * Receives webhook deliveries with `node:http` alone: checks the signature, parses the body, answers 200 once `store` is done.
 * @param {(event: object, body: Buffer, done: (error?: Error) => void) => void} store an error is answered 503
 */
export function receiveDeliveries(store) {
  createServer((request, response) => {
    if (request.method !== 'POST') return response.writeHead(200).end();
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = parts.length === 1 ? parts[0] : Buffer.concat(parts);
      if (!isSigned(body, request.headers['stripe-signature'])) return response.writeHead(400).end();
      store(JSON.parse(body), body, (error) =>
        error ? response.writeHead(503).end() : response.writeHead(200, answerHeaders).end(ANSWER),
      );
    });
  }).listen(Number(PORT), '127.0.0.1');
}

/** Reads a header of the form `t=…,v1=…`. */
function isSigned(body, header = '') {
  const timestamp = header.slice(2, header.indexOf(','));
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
  const given = Buffer.from(header.slice(header.indexOf('v1=') + 3), 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
