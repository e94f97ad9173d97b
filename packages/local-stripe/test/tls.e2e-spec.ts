import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const run = promisify(execFile);
const SUPPORT = join(import.meta.dirname, 'support');

describe('over TLS, as api.stripe.com', () => {
  let under: SandboxUnderTest;
  beforeEach(async () => {
    under = await SandboxUnderTest.start({ tls: true });
  });
  afterEach(() => under.stop());

  const tls = () => {
    const { tls: served } = under.sandbox;
    if (!served) throw new Error('It does not answer over TLS');
    return served;
  };
  const client = async (environment: Record<string, string> = {}) => {
    const args = ['--import', join(SUPPORT, 'hosts-entry.mjs'), join(SUPPORT, 'unmodified-client.mjs')];
    const { stdout } = await run(process.execPath, args, { env: { TLS_PORT: String(tls().port), ...environment } });
    return JSON.parse(stdout) as Record<string, string>;
  };

  it('serves the official SDK, made with a key alone, where its certificate is trusted', async () => {
    const made = await client({ NODE_EXTRA_CA_CERTS: tls().certificateFile });
    const session = await under.stripe.checkout.sessions.retrieve(String(made['id']));
    expect(session).toMatchObject({ status: 'open', amount_total: 1999 });
    // A browser trusts no such certificate, so the page is where it needs none.
    expect(made['url']).toBe(`${under.sandbox.url}/c/pay/${session.id}`);
    expect((await fetch(String(made['url']))).status).toBe(200);
  });

  it('is refused where it is not', async () => {
    expect(await client()).toMatchObject({ type: 'StripeConnectionError' });
  });

  it('keeps a certificate for these names alone, which signs no others, and a key for its user alone', async () => {
    const { certificateFile } = tls();
    const text = await readFile(certificateFile, 'utf8');
    const certificate = new X509Certificate(text);
    expect(certificate.ca).toBe(false);
    for (const name of ['api.stripe.com', 'checkout.stripe.com', 'localhost'])
      expect([name, certificate.checkHost(name)]).toEqual([name, name]);
    expect(certificate.checkHost('stripe.com')).toBeUndefined();
    expect((await stat(join(dirname(certificateFile), 'key.pem'))).mode & 0o077).toBe(0);

    await under.restart();
    expect(await readFile(tls().certificateFile, 'utf8')).toBe(text);
  });
});
