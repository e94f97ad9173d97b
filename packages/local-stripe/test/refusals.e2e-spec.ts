import { request } from 'node:http';
import { openSession } from './support/customer.js';
import { client, SandboxUnderTest } from './support/sandbox-under-test.js';

describe('what Stripe would refuse', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const call = (path: string, init: RequestInit = {}): Promise<Response> => fetch(under.sandbox.url + path, init);
  const withKey = { headers: { authorization: 'Bearer sk_test_sandbox' } };
  const post = async (path: string, body: string, version = '2026-10-28.endive'): Promise<unknown> => {
    const headers = { ...withKey.headers, 'stripe-version': version };
    return (await call(path, { headers, method: 'POST', body: new URLSearchParams(body) })).json();
  };

  it('is a request without a key, or with a live one', async () => {
    expect((await call('/v1/products')).status).toBe(401);
    const live = client(under.sandbox.port, 'sk_live_abcdefghijklmnop').products.list();
    await expect(live).rejects.toMatchObject({ statusCode: 401, type: 'StripeAuthenticationError' });
    await expect(live).rejects.not.toThrow('abcdefghijkl');
    const basic = { authorization: `Basic ${Buffer.from('rk_test_1:').toString('base64')}` };
    expect((await call('/v1/products', { headers: basic })).status).toBe(200);
  });

  it('is an object that is not there, and a route that is not', async () => {
    await expect(under.stripe.products.retrieve('nope')).rejects.toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      message: "No such product: 'nope'",
    });
    const answer = await call('/v1/flying_carpets', withKey);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('request-id')).toMatch(/^req_/);
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('is a parameter that is unknown, missing or of the wrong type', async () => {
    expect(await post('/v1/products', 'name=A&colour=red')).toMatchObject({
      error: { code: 'parameter_unknown', param: 'colour', message: 'Received unknown parameter: colour' },
    });
    expect(await post('/v1/products', '')).toMatchObject({ error: { code: 'parameter_missing', param: 'name' } });
    expect(await post('/v1/prices', 'currency=usd&unit_amount=10abc&product=p')).toMatchObject({
      error: { code: 'parameter_invalid_integer', param: 'unit_amount', message: 'Invalid integer: 10abc' },
    });
    expect(
      await post('/v1/checkout/sessions', 'mode=payment&success_url=http://s.test&payment_method_types[0]=card'),
    ).toMatchObject({ error: { code: 'parameter_unknown', param: 'payment_method_types' } });
    expect(await post('/v1/products', 'name=A', 'yesterday')).toMatchObject({
      error: { message: 'Invalid Stripe API version: yesterday' },
    });
    expect(
      await post('/v1/checkout/sessions', 'mode=payment&success_url=http://s.test&line_items[0][size]=9'),
    ).toMatchObject({ error: { code: 'parameter_unknown', param: 'line_items[0][size]' } });
  });

  it('is a session that ends too soon or too late, or is expired twice', async () => {
    const now = Math.floor(Date.now() / 1000);
    for (const expires_at of [now + 60, now + 90_000]) {
      await expect(openSession(under.stripe, { expires_at })).rejects.toMatchObject({ param: 'expires_at' });
    }
    const { id } = await openSession(under.stripe);
    expect(await under.stripe.checkout.sessions.expire(id)).toMatchObject({ status: 'expired', url: null });
    await expect(under.stripe.checkout.sessions.expire(id)).rejects.toMatchObject({ statusCode: 400 });
    await under.receiver.event('checkout.session.expired');
    expect(await (await call(`/c/pay/${id}`)).text()).toContain('has expired');
  });

  it('is a property that cannot be expanded', async () => {
    await expect(openSession(under.stripe, { expand: ['colour'] })).rejects.toMatchObject({ statusCode: 400 });
    const { line_items } = await openSession(under.stripe, { expand: ['line_items.data.price.product'] });
    expect(line_items?.data).toMatchObject([{ amount_total: 1999, price: { product: { name: 'Demo Product' } } }]);
  });

  it('is a browser that was told this machine has another name', async () => {
    const { port } = under.sandbox;
    const status = await new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, headers: { host: `evil.test:${port}` } };
      request(options, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });

    expect(status).toBe(403);
  });
});
