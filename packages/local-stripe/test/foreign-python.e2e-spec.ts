import { execFile, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const run = promisify(execFile);
const APP = join(import.meta.dirname, 'foreign', 'app.py');
const itWithPython = spawnSync('python3', ['--version']).status === 0 ? it : it.skip; // without python3: skipped

describe('a shop in Python, with the calls of stripe-python', () => {
  let under: SandboxUnderTest;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  itWithPython(
    "finds its product by active:'True', sells it, verifies the webhooks and gives money back",
    async () => {
      const { secret } = await under.stripe.webhookEndpoints.create({
        url: `http://127.0.0.1:${port}/webhook`,
        enabled_events: ['checkout.session.completed', 'charge.refunded'],
      });
      const { stdout } = await run('python3', [APP, under.sandbox.url, String(secret), String(port)]);
      expect(JSON.parse(stdout)).toEqual({
        before: 0,
        found: ['Python tee'],
        back: expect.stringMatching(/^http:\/\/shop\.test\/success\?session_id=cs_test_/),
        completed: { amount_total: 3998, payment_status: 'paid', metadata: { order: '7' } },
        items: [2],
        charge: 'succeeded',
        refund: 'succeeded',
        unknown: 'resource_missing',
        refused: [],
      });
    },
    30_000,
  );
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
