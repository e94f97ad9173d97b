import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CARD, submit } from './support/customer.js';
import { eventually } from './support/eventually.js';
import { PlainStripe } from './support/plain-stripe.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

interface Received {
  body: string;
  signature: string;
}

describe('an app that was written for Stripe by somebody else, with plain HTTP and an old API version', () => {
  let under: SandboxUnderTest;
  let stripe: PlainStripe;
  let server: Server;
  const received: Received[] = [];

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
    stripe = new PlainStripe(under.sandbox.port, '2022-11-15');
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        received.push({ body, signature: String(request.headers['stripe-signature']) });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await under.stop();
  });

  const list = async (path: string, params: Parameters<PlainStripe['get']>[1]) =>
    (await stripe.get(path, params)).body['data'] as Array<Record<string, unknown>>;

  it('sells one thing, hears of it, finds the session again and gives the money back', async () => {
    const endpoint = await stripe.post('webhook_endpoints', {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/stripe`,
      enabled_events: ['checkout.session.completed', 'charge.refunded'],
    });
    const secret = String(endpoint.body['secret']);

    const tee = { name: 'Tee', metadata: { shop: 'foreign' } };
    const { body: made } = await stripe.post('products', { ...tee, default_price_data: PRICE });
    const [product] = await list('products/search', { query: "active:'true' AND metadata['shop']:'foreign'" });
    expect(product).toMatchObject({ id: made['id'], name: 'Tee' });
    const [price] = await list('prices', { active: 'true', limit: '1', product: String(product?.['id']) });
    expect(price).toMatchObject({ unit_amount: 1999, currency: 'usd', type: 'one_time' });

    const session = await stripe.post(
      'checkout/sessions',
      {
        cancel_url: 'http://foreign.test/cart',
        line_items: [{ price: String(price?.['id']), quantity: '2' }],
        metadata: { order: '7', 'with space': 'ü & =' },
        mode: 'payment',
        payment_intent_data: { metadata: { order: '7' } },
        payment_method_types: ['card'],
        success_url: 'http://foreign.test/thanks',
      },
      { 'idempotency-key': 'order-7' },
    );
    expect(session).toMatchObject({
      status: 200,
      headers: { 'stripe-version': '2022-11-15', 'request-id': expect.stringMatching(/^req_/) },
      body: { amount_total: 3998, payment_method_types: ['card'], metadata: { 'with space': 'ü & =' } },
    });
    await submit(String(session.body['url']), { ...CARD });

    const completed = await eventually(
      () => received.find(({ body }) => body.includes('checkout.session.completed')),
      'the completed session at the foreign app',
    );
    expect(isSignedWith(secret, completed)).toBe(true);
    expect(isSignedWith('whsec_other', completed)).toBe(false);
    const { data } = JSON.parse(completed.body) as { data: { object: { payment_intent: string; id: string } } };
    const { payment_intent, id } = data.object;
    expect(await list('checkout/sessions', { payment_intent })).toMatchObject([{ id, payment_status: 'paid' }]);

    const refund = await stripe.post('refunds', { payment_intent, amount: '1999', expand: ['charge'] });
    expect(refund.body).toMatchObject({ amount: 1999, status: 'succeeded', charge: { amount_refunded: 1999 } });
    await eventually(() => received.find(({ body }) => body.includes('charge.refunded')), 'the refund');
    expect(received.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual([
      'checkout.session.completed',
      'charge.refunded',
    ]);
  });

  it('is told what it did wrong', async () => {
    expect(await stripe.get('charges/ch_none')).toMatchObject({
      status: 404,
      body: { error: { type: 'invalid_request_error', code: 'resource_missing', param: 'id' } },
    });
    const order = { mode: 'payment', success_url: 'http://foreign.test/', line_items: [{ price: 'price_none' }] };
    expect(await stripe.post('checkout/sessions', order)).toMatchObject({
      status: 400,
      body: { error: { code: 'parameter_missing', param: 'line_items[0][quantity]' } },
    });
    const declined = { amount: '500', currency: 'usd', confirm: 'true', payment_method: 'pm_card_chargeDeclined' };
    expect(await stripe.post('payment_intents', { ...declined, payment_method_types: ['card'] })).toMatchObject({
      status: 402,
      body: { error: { type: 'card_error', code: 'card_declined', payment_intent: { amount: 500 } } },
    });
  });

  it('gets the first answer again for the same key', async () => {
    const first = await stripe.post('customers', { name: 'Ada' }, { 'idempotency-key': 'ada' });
    const again = await stripe.post('customers', { name: 'Ada' }, { 'idempotency-key': 'ada' });
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);

    expect(await stripe.post('customers', { name: 'Eve' }, { 'idempotency-key': 'ada' })).toMatchObject({
      status: 400,
      body: { error: { type: 'idempotency_error' } },
    });
  });
});

const PRICE = { currency: 'usd', unit_amount: '1999' };

/** As Stripe documents it for those who have no SDK. */
function isSignedWith(secret: string, { body, signature }: Received): boolean {
  const parts = new Map(signature.split(',').map((part) => part.split('=', 2) as [string, string]));
  const expected = createHmac('sha256', secret)
    .update(`${parts.get('t')}.${body}`)
    .digest('hex');
  return parts.get('v1') === expected;
}
