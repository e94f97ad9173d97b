// npm run sandbox: the local Stripe alone, for an app in another process.
import { built } from './built.mjs';
import { installed, root } from './installed.mjs';

process.chdir(root);
installed();
built();
const { loadEnv } = await import('../dist/config/env.js');
const { sandboxStateFile } = await import('../dist/config/sandbox-connection.js');
const { startSandbox } = await import('../dist/sandbox/index.js');
const { stopOnSignals } = await import('../dist/stop-on-signals.js');

const env = loadEnv();
const sandbox = await startSandbox({
  port: env.sandboxPort,
  stateFile: sandboxStateFile(env),
  webhookUrl: `${env.domainUrl}/webhook`,
  log: (line) => console.log(line),
}).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
stopOnSignals(() => sandbox.close());
console.log(`The local Stripe listens at ${sandbox.url}; no money moves. It delivers events to ${env.domainUrl}/webhook.
Start the app, in another terminal, with:

  STRIPE_SECRET_KEY=sk_test_sandbox
  STRIPE_API_BASE=${sandbox.url}
  STRIPE_WEBHOOK_SECRET=${sandbox.webhookSecret}
`);
