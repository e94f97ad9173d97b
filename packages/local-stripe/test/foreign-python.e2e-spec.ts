import { execFile, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Stripe from 'stripe';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const run = promisify(execFile);
const LONGEST_MS = 30_000;
const script = (name: string): string => join(import.meta.dirname, 'foreign', name);
const itWithPython = spawnSync('python3', ['--version']).status === 0 ? it : it.skip; // without python3: skipped

/** A Python that has stripe-python, as of the Debian package python3-stripe: that of the system, or the first in PATH. */
const withStripe = ['/usr/bin/python3', 'python3'].find(
  (python) => spawnSync(python, ['-c', 'import stripe; stripe.error']).status === 0,
);

describe('a shop in Python', () => {
  let under: SandboxUnderTest;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  /** What a shop prints, to which those events of this endpoint are sent. */
  const runShop = async (
    python: string,
    name: string,
    enabled_events: Stripe.WebhookEndpointCreateParams.EnabledEvent[],
  ) => {
    const endpoint = await under.stripe.webhookEndpoints.create({
      url: `http://127.0.0.1:${port}/webhook`,
      enabled_events,
    });
    const { stdout } = await run(python, [
      '-B',
      script(name),
      under.sandbox.url,
      String(endpoint.secret),
      String(port),
    ]);
    await under.stripe.webhookEndpoints.del(endpoint.id);
    return JSON.parse(stdout) as unknown;
  };

  itWithPython(
    "finds its product by active:'True', sells it, verifies the webhooks and gives money back",
    async () => {
      expect(await runShop('python3', 'app.py', ['checkout.session.completed', 'charge.refunded'])).toEqual({
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
    LONGEST_MS,
  );

  (withStripe === undefined ? it.skip : it)(
    'sells, subscribes and gives back through stripe-python itself, which makes its own errors of what is refused',
    async () => {
      expect(await runShop(String(withStripe), 'sdk.py', ['checkout.session.completed'])).toEqual({
        before: 0,
        same: true,
        back: true,
        paid: ['ada@example.com', 1999, 'paid'],
        refund: ['succeeded', 1999],
        subscription: ['active', 500, 'canceled'],
        refused: [
          ['CardError', 402, 'card_declined', null],
          ['InvalidRequestError', 400, 'resource_missing', 'payment_intent'],
          ['InvalidRequestError', 400, 'amount_too_small', 'amount'],
          ['AuthenticationError', 401, null, null],
        ],
        after: 0,
      });
    },
    LONGEST_MS,
  );
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
