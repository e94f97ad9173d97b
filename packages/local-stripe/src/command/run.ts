import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { FixtureError } from '../fixtures/fixture-file.js';
import { PortForbiddenError, PortTakenError } from '../http/listen.js';
import { type RunningSandbox, startSandbox } from '../local-stripe.js';
import type { SandboxOptions } from '../options.js';
import { StateFileError } from '../state/database.js';
import { HELP, readArguments, UsageError } from './arguments.js';

const MENDABLE = [UsageError, StateFileError, PortTakenError, PortForbiddenError, FixtureError];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The command `local-stripe`: runs until SIGINT, SIGTERM or SIGHUP. An error is a line on standard error and exit status 1. */
export async function run(args: readonly string[]): Promise<void> {
  try {
    const asked = readArguments(args);
    if ('start' in asked) await start(asked.start);
    else say(asked.show === 'help' ? HELP : version());
  } catch (error) {
    const mendable = MENDABLE.some((kind) => error instanceof kind);
    process.stderr.write(`${error instanceof Error ? (mendable ? error.message : error.stack) : String(error)}\n`);
    process.exitCode = 1;
  }
}

async function start(options: SandboxOptions): Promise<void> {
  process.umask(0o077); // state and key are readable for this user only
  let stopped = false;
  let running: RunningSandbox | undefined;
  for (const signal of SIGNALS)
    process.once(signal, () => {
      stopped = true;
      void running?.close();
    });
  running = await startSandbox({ ...options, seedEnvironment: process.env, log: say });
  if (stopped) return running.close();
  say(greeting(running, options));
}

function greeting(running: RunningSandbox, { forwardTo = [], webhookSecret }: SandboxOptions): string {
  const { url, tls } = running;
  const to = forwardTo.length > 0 ? `It delivers events to ${forwardTo.join(', ')}.` : 'It forwards no events.';
  const lines = [
    `The local Stripe listens at ${url}; no money moves. ${to}`,
    // A given secret is not printed.
    ...(webhookSecret === undefined ? [settingsFor(running)] : []),
    ...(tls ? [stepsForTls(tls)] : []),
  ];
  return lines.join('\n');
}

const settingsFor = ({ url, webhookSecret }: RunningSandbox): string => `Start the app, in another terminal, with:

  STRIPE_SECRET_KEY=sk_test_sandbox
  STRIPE_API_BASE=${url}
  STRIPE_WEBHOOK_SECRET=${webhookSecret}
`;

const stepsForTls = ({ port, certificateFile }: { port: number; certificateFile: string }): string => {
  const file = resolve(certificateFile);
  return `It is also api.stripe.com, on port ${port}, to clients that are led here by a line in /etc/hosts:

  127.0.0.1 api.stripe.com

and that trust its certificate, in one of these ways:

  NODE_EXTRA_CA_CERTS=${file}   Node
  REQUESTS_CA_BUNDLE=${file}    Python, or stripe.ca_bundle_path
  SSL_CERT_FILE=${file}         Go, Ruby
`;
};

const version = (): string => {
  const { version: number } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
  ) as { version: string };
  return number;
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);
