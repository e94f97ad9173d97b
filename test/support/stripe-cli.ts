import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where Stripe's own command line is: what its npm package starts, which finds the binary for this platform. */
const SHIM = createRequire(import.meta.url).resolve('@stripe/cli/bin/shim.js');
const LONGEST_RUN_MS = 60_000;

/** The official Stripe CLI with a home of its own, so that it neither finds an account nor leaves anything behind. */
export class StripeCli {
  private constructor(
    private readonly home: string,
    private readonly apiBase: string,
  ) {}

  static async at(apiBase: string): Promise<StripeCli> {
    return new StripeCli(await mkdtemp(join(tmpdir(), 'stripe-cli-')), apiBase);
  }

  /** `stripe trigger EVENT`: what it said. Fails where it failed, with what it said. */
  async trigger(event: string): Promise<string> {
    const args = ['trigger', event, '--api-base', this.apiBase, '--api-key', 'sk_test_sandbox000000000000'];
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.home,
      XDG_CONFIG_HOME: this.home,
      STRIPE_CLI_TELEMETRY_OPTOUT: '1',
    };
    const { stdout } = await run(process.execPath, [SHIM, ...args], { env, timeout: LONGEST_RUN_MS });
    return stdout;
  }

  remove(): Promise<void> {
    return rm(this.home, { recursive: true, force: true });
  }
}
