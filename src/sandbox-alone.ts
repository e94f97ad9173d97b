import { loadEnv } from './config/env.js';
import { maskSecrets } from './config/mask-secrets.js';
import { sandboxStateFile } from './config/development.js';
import { startSandbox } from 'local-stripe';
import { stopOnSignals } from './bootstrap/stop-on-signals.js';

process.umask(0o077); // its state holds secrets: it is for this process's user alone

/** The local Stripe in a process of its own: `npm run sandbox`, and the sandbox of compose.yaml. */
async function main(): Promise<void> {
  const stop = stopOnSignals();
  const env = loadEnv();
  const webhookUrl = `${env.domainUrl}/webhook`;
  const [given] = env.sandboxWebhookSecrets;
  const sandbox = await startSandbox({
    port: env.sandboxPort,
    ...(env.sandboxHost && { host: env.sandboxHost }),
    allowedHosts: env.sandboxAllowedHosts,
    stateFile: sandboxStateFile(env),
    webhookUrl,
    ...(given && { webhookSecret: given }),
    log: say,
  });
  stop(() => sandbox.close());
  for (const warning of env.warnings) say(warning);
  say(`The local Stripe listens at ${sandbox.url}; no money moves. It delivers events to ${webhookUrl}.`);
  // One that was given is known already, and is a secret.
  if (!given)
    say(`Start the app, in another terminal, with:

  STRIPE_SECRET_KEY=sk_test_sandbox
  STRIPE_API_BASE=${sandbox.url}
  STRIPE_WEBHOOK_SECRET=${sandbox.webhookSecret}
`);
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

main().catch((error: unknown) => {
  process.stderr.write(`${maskSecrets(error instanceof Error ? error.message : String(error))}\n`);
  process.exit(1);
});
