import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Stripe's own command line: the binary that its npm package starts, without the Node process that does it. */
const BINARY = findBinary();
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
  trigger(event: string): Promise<string> {
    return this.run('trigger', event, '--api-base', this.apiBase, '--api-key', 'sk_test_sandbox000000000000');
  }

  /** Any command. Fails where it failed, with what it said. */
  async run(...args: string[]): Promise<string> {
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.home,
      XDG_CONFIG_HOME: this.home,
      STRIPE_CLI_TELEMETRY_OPTOUT: '1',
    };
    const { stdout } = await run(BINARY, args, { env, timeout: LONGEST_RUN_MS });
    return stdout;
  }

  remove(): Promise<void> {
    return rm(this.home, { recursive: true, force: true });
  }
}

/** In the package for this platform, as `@stripe/cli/bin/shim.js` finds it. */
function findBinary(): string {
  const require = createRequire(import.meta.url);
  const platforms = JSON.parse(readFileSync(require.resolve('@stripe/cli/platforms.json'), 'utf8'));
  const platform = platforms[`${process.platform}-${process.arch}`];
  if (!platform) throw new Error(`There is no Stripe CLI for ${process.platform} on ${process.arch}.`);
  return join(dirname(require.resolve(`${platform.pkg}/package.json`)), 'bin', platform.bin);
}
