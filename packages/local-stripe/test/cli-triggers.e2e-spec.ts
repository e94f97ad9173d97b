import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const run = promisify(execFile);
const SHIM = createRequire(import.meta.url).resolve('@stripe/cli/bin/shim.js');

/** Triggers whose products the local Stripe does not have, and does not plan to have. */
const NOT_HERE: Array<[event: RegExp, reason: string]> = [
  [/^issuing_/, 'Issuing: cards that are issued, not paid with'],
  [/^v1\.billing\.meter\./, 'meter events are sent below /v2'],
];

/** Triggers of billing that are on their way. */
const NOT_YET = /^(customer\.discount\.|payment_link\.|subscription_schedule\.(completed|expiring)$)/;

/** Names of a trigger that are no event: of a group of events, or of one that comes later. */
const WITHOUT_OWN_EVENT = /^(subscription\.payment_|subscription_schedule\.aborted|checkout\.session\.async_payment_)/;

describe('stripe trigger, of the official Stripe CLI', () => {
  let under: SandboxUnderTest;
  let home: string;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
    home = await mkdtemp(join(tmpdir(), 'stripe-cli-'));
  });
  afterAll(async () => {
    await rm(home, { recursive: true, force: true });
    await under.stop();
  });

  const cli = async (...args: string[]): Promise<string> => {
    const env = { PATH: process.env['PATH'], HOME: home, XDG_CONFIG_HOME: home, STRIPE_CLI_TELEMETRY_OPTOUT: '1' };
    const done = await run(process.execPath, [SHIM, 'trigger', ...args], { env, timeout: 60_000 }).catch(
      (error: { stdout?: string; stderr?: string }) => ({ stdout: `${error.stdout ?? ''}${error.stderr ?? ''}` }),
    );
    return done.stdout;
  };

  it('succeeds with every event but those of Issuing and of meters', async () => {
    const help = await cli('--help');
    const listed = /Supported events:([^]*?)Usage:/.exec(help)?.[1]?.trim().split(/\s+/) ?? [];
    const skipped = listed.filter((event) => NOT_HERE.some(([name]) => name.test(event)));
    expect(listed.length).toBeGreaterThan(100);
    expect(skipped.length).toBeLessThanOrEqual(15);

    const base = `http://127.0.0.1:${under.sandbox.port}`;
    const failed: string[] = [];
    const left = listed.filter((each) => !skipped.includes(each) && !NOT_YET.test(each));
    const work = async (): Promise<void> => {
      for (let event = left.shift(); event !== undefined; event = left.shift()) {
        const said = await cli(event, '--api-base', base, '--api-key', 'sk_test_sandbox000000000000');
        const recorded = await under.stripe.events.list({ type: event as never, limit: 1 });
        const happened = recorded.data.length > 0 || WITHOUT_OWN_EVENT.test(event);
        if (!said.includes('Trigger succeeded') || !happened) failed.push(`${event}: ${said.slice(-400)}`);
      }
    };
    await Promise.all([work(), work(), work(), work()]); // the CLI mostly waits
    expect(failed).toEqual([]);
  }, 600_000);
});
