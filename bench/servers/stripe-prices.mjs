import { createServer } from 'node:http';
import { once } from 'node:events';

const JSON_TYPE = { 'content-type': 'application/json' };

/** A Stripe that only lists the demo product's price; all else is refused, so no catalog is made there. */
export function answerPrices({ method, url }, response) {
  if (method !== 'GET' || !url.startsWith('/v1/prices?'))
    return response
      .writeHead(400, JSON_TYPE)
      .end('{"error":{"type":"invalid_request_error","message":"prices alone"}}');
  const price = {
    id: 'price_bench',
    object: 'price',
    lookup_key: 'nest_stripe_billing_demo',
    unit_amount: 1999,
    currency: 'usd',
    active: true,
  };
  response
    .writeHead(200, JSON_TYPE)
    .end(JSON.stringify({ object: 'list', data: [price], has_more: false, url: '/v1/prices' }));
}

/** Starts a Stripe in this process that answers each call with `answer`. */
export async function startStripe(answer = answerPrices) {
  const server = createServer((request, response) => void answer(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  server.unref();
  return {
    port: server.address().port,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
