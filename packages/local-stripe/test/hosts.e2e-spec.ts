import { request, type IncomingHttpHeaders } from 'node:http';
import { CARD, openSession } from './support/customer.js';
import { client, SandboxUnderTest } from './support/sandbox-under-test.js';

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: URLSearchParams;
}

describe('the host names of a sandbox', () => {
  let under: SandboxUnderTest;

  const start = async (options: Parameters<typeof SandboxUnderTest.start>[0] = {}): Promise<void> => {
    under = await SandboxUnderTest.start(options);
  };
  afterEach(() => under.stop());

  /** What a browser gets whose host name leads to this machine. */
  const ask = (host: string, path: string, { method = 'GET', headers = {}, body }: Asked = {}) =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
      const form = body && { 'content-type': 'application/x-www-form-urlencoded' };
      const { port } = under.sandbox;
      const options = { host: '127.0.0.1', port, method, path, headers: { host, ...form, ...headers } };
      const sent = request(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
      sent.on('error', reject).end(body?.toString());
    });
  const statusAt = async (host: string, path = '/'): Promise<number> => (await ask(host, path)).status;

  it.each([undefined, '0.0.0.0'])('are known ones alone, listening at %s too [S17]', async (host) => {
    await start({ ...(host !== undefined && { host }), allowedHosts: ['Stripe.Test'] });
    const { port } = under.sandbox;

    for (const known of ['localhost', '127.0.0.1', 'sandbox.localhost', 'SANDBOX.localhost', 'stripe.test']) {
      expect([known, await statusAt(known), await statusAt(`${known}:${port}`)]).toEqual([known, 200, 200]);
    }
    for (const strange of [
      'api.stripe.com', // only with TLS
      'evil.example',
      'localhost.evil.example',
      'evil-localhost',
      '0.0.0.0',
      '10.0.0.1',
      '[::2]',
    ]) {
      for (const path of ['/', '/v1/products', '/_sandbox/clock', '/c/pay/cs_test_1']) {
        expect([strange, path, await statusAt(`${strange}:${port}`, path)]).toEqual([strange, path, 403]);
      }
    }
  });

  it('may be another one for the pages of Checkout, as with a custom domain [G1]', async () => {
    await start({ checkoutHost: 'pay.shop.test' });
    const { id, url } = await openSession(under.stripe);
    const origin = `http://pay.shop.test:${under.sandbox.port}`;
    expect(url).toBe(`${origin}/c/pay/${id}`);

    const host = new URL(origin).host;
    const page = await ask(host, `/c/pay/${id}`);
    expect(page.text).toContain('Demo Product');
    const paid = await ask(host, `/c/pay/${id}`, {
      method: 'POST',
      body: new URLSearchParams(CARD),
      headers: { origin },
    });
    expect(paid.headers.location).toBe(`http://shop.test/success?checkout_sid=${id}`);
    expect(await under.stripe.checkout.sessions.retrieve(id)).toMatchObject({ payment_status: 'paid' });
  });

  it('are where pages are as well: at the name that a session was made at [G1]', async () => {
    await start();
    const { url } = await openSession(client(under.sandbox.port));

    expect(new URL(String(url)).host).toBe(`127.0.0.1:${under.sandbox.port}`);
  });

  it.each(['//evil.example', '/\\evil.example', '//evil.example/?a=1', '/\t/evil.example', 'foo:/\\evil.example'])(
    'stay the browser’s own after a button, whatever page it says that it was on: %j [S17]',
    async (path) => {
      await start();
      const host = `localhost:${under.sandbox.port}`;
      const press = async (referer: string) => {
        const headers = { accept: 'text/html', referer };
        return (await ask(host, '/_sandbox/webhooks/hold', { method: 'POST', headers })).headers.location;
      };

      expect(await press(path.startsWith('/') ? `http://${host}${path}` : path)).toBe('/');
      expect(await press(`http://evil.example${path}`)).toBe('/');
      expect(await press(`http://${host}/payments?after=pi_1`)).toBe('/payments?after=pi_1');
    },
  );
});
