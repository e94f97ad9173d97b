import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { CatalogBoot } from './billing/catalog/catalog-boot.service.js';
import { type Env, loadEnv } from './config/env.js';
import { sandboxStateFile, withSandbox } from './config/sandbox-connection.js';
import { developmentSessionSecret } from './config/session-secret.js';
import { SettingsError } from './config/settings.error.js';
import { createApp } from './create-app.js';
import { DatabaseUnreachableError } from './database/database-unreachable.error.js';
import { DatabaseInUseError, lockInstance } from './database/sqlite/instance-lock.js';
import { listen } from './http/listen.js';
import { Readiness } from './health/readiness.js';
import { stopOnSignals } from './stop-on-signals.js';

/** The app listens meanwhile; only the last line waits, so that the shop is not empty for who follows it. */
const LONGEST_WAIT_FOR_CATALOG_MS = 3_000;

const logger = new Logger('Main');

process.umask(0o077); // the database and all that lies beside it are for this process's user alone

/** Boots: settings, the sandbox where there is no key, the app; then listens. */
async function main(): Promise<void> {
  const env = withSessionSecret(loadEnv());
  const lock = env.databaseUrl.startsWith('sqlite:') ? await lockInstance(env.databaseUrl) : undefined;
  const sandbox = env.stripe ? undefined : await startSandboxFor(env);
  const app = await createApp(sandbox ? withSandbox(env, sandbox) : env);
  stopOnSignals(async () => {
    app.get(Readiness).end(); // first of all: a load balancer sends no more
    await setTimeout(env.shutdownDelayMs);
    app.getHttpServer().close(); // what is under way finishes, and nothing new begins
    await app.close();
    await sandbox?.close();
    await lock?.release();
  });
  await listen(app, env);
  await Promise.race([app.get(CatalogBoot).tried, setTimeout(LONGEST_WAIT_FOR_CATALOG_MS, undefined, { ref: false })]);
  if (sandbox)
    logger.log(`No STRIPE_SECRET_KEY: the local sandbox stands in for Stripe at ${sandbox.url}. No money moves.`);
  logger.log(`Ready: open ${env.domainUrl}`);
}

/** Loaded only where it is needed: production has no use for it. */
async function startSandboxFor(env: Env) {
  const { startSandbox } = await import('./sandbox/index.js');
  return startSandbox({
    port: env.sandboxPort,
    stateFile: sandboxStateFile(env),
    webhookUrl: `http://localhost:${env.port}/webhook`,
    log: (line) => new Logger('Sandbox').log(line),
  });
}

const withSessionSecret = (env: Env): Env =>
  env.sessionSecrets ? env : env.with({ sessionSecrets: [developmentSessionSecret(env.databaseUrl)] });

// A handler's stray promise must not take all other events down with the process.
process.on('unhandledRejection', (reason: unknown) => {
  logger.error(`A promise was rejected and nobody looked: ${reason instanceof Error ? reason.stack : String(reason)}`);
});

main().catch((error: unknown) => {
  const told = explain(error);
  logger.fatal(told);
  process.exit(1);
});

const operatorErrors = [SettingsError, DatabaseInUseError, DatabaseUnreachableError];

/** What an operator can mend is told in a sentence, all else with its stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (operatorErrors.some((kind) => error instanceof kind)) return error.message;
  if ('code' in error && error.code === 'EADDRINUSE')
    return `${error.message}: another process has the port. Stop it, or give this app another PORT (and SANDBOX_PORT).`;
  return error.stack ?? error.message;
}
