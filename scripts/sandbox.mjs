// npm run sandbox: the command `local-stripe` with what the app's settings say: its port, the app's webhook, and the state
// beside the app's database. Arguments of its own come after: `npm run sandbox -- --seed fixtures.json`.
import { built } from './built.mjs';
import { installed, root } from './installed.mjs';

process.chdir(root);
await installed();
await built();
const { loadEnv } = await import('../dist/config/env.js');
const { maskSecrets } = await import('../dist/config/secrets.js');
const { sandboxStateFile } = await import('../dist/config/development.js');
const { run } = await import('local-stripe/command');

const given = process.argv.slice(2);
try {
  const env = loadEnv();
  for (const warning of env.warnings) console.log(warning);
  await run([...fromSettings(env), ...given]);
} catch (error) {
  console.error(maskSecrets(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}

/** Arguments that are given win over the app's settings. */
function fromSettings(env) {
  const [secret] = env.sandboxWebhookSecrets;
  return [
    ...unless(['--port'], '--port', String(env.sandboxPort)),
    ...(env.sandboxHost ? unless(['--host'], '--host', env.sandboxHost) : []),
    ...env.sandboxAllowedHosts.flatMap((name) => ['--allow-host', name]),
    ...unless(['--state', '--memory'], '--state', sandboxStateFile(env)),
    ...unless(['--forward-to', '--no-forward'], '--forward-to', `${env.domainUrl}/webhook`),
    ...(secret ? unless(['--webhook-secret'], '--webhook-secret', secret) : []),
  ];
}

function unless(options, ...args) {
  return given.some((word) => options.includes(word.split('=')[0])) ? [] : args;
}
