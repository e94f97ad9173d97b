import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { CatalogBoot } from './billing/catalog/catalog-boot.service.js';
import { type Env, loadEnv } from './config/env.js';
import { developmentSessionSecret, sandboxStateFile, withSandbox } from './config/development.js';
import { OperatorError } from './config/settings.error.js';
import { createApp } from './bootstrap/create-app.js';
import { lockInstance } from './database/sqlite/instance-lock.js';
import { explainError } from './bootstrap/explain-error.js';
import { listen, listensOnLoopback } from './bootstrap/listen.js';
import { Readiness } from './health/readiness.js';
import { AppLogger } from './logging/app-logger.js';
import { stopOnSignals } from './bootstrap/stop-on-signals.js';

/** The app listens meanwhile; only the last line waits, so that the shop is not empty for who follows it. */
const LONGEST_WAIT_FOR_CATALOG_MS = 3_000;

const logger = new Logger('Main');

process.umask(0o077); // the database and all that lies beside it are for this process's user alone

/** Boots: settings, the sandbox where there is no key, the app; then listens. */
async function main(): Promise<void> {
  const stop = stopOnSignals();
  const settings = loadEnv();
  const lock = settings.postgres ? undefined : await lockInstance(settings.databaseUrl);
  const env = withSessionSecret(settings);
  const sandbox = env.stripe ? undefined : await startSandboxFor(env);
  const app = await createApp(sandbox ? withSandbox(env, sandbox) : env);
  stop(async () => {
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
  if (listensOnLoopback(env))
    logger.log('Listens on this machine alone; LISTEN_HOST=0.0.0.0 for others, as in a container.');
  for (const warning of env.warnings) logger.warn(warning);
  logger.log(`Ready: open ${env.domainUrl}`);
}

/** A package of its own, loaded only where there is no key: installations and images for production do not hold it. */
async function startSandboxFor(env: Env) {
  const { PortTakenError, startSandbox, StateFileError } = await import('local-stripe').catch((error: unknown) => {
    throw isMissing(error) ? new OperatorError(NOTHING_TO_TALK_TO, { cause: error }) : error;
  });
  try {
    return await startSandbox({
      port: env.sandboxPort,
      stateFile: sandboxStateFile(env),
      forwardTo: [`http://${env.ownHost}:${env.port}/webhook`],
      log: (line) => new Logger('Sandbox').log(line),
    });
  } catch (error) {
    if (error instanceof PortTakenError) throw new OperatorError(sandboxPortTaken(error.port), { cause: error });
    throw error instanceof StateFileError ? new OperatorError(error.message, { cause: error }) : error;
  }
}

const sandboxPortTaken = (port: number) =>
  `Port ${port} is taken by another process, so the local Stripe sandbox cannot start. ` +
  'Set SANDBOX_PORT to a free one. If it is your own `npm run sandbox`, ' +
  'set STRIPE_SECRET_KEY, STRIPE_API_BASE and STRIPE_WEBHOOK_SECRET as it printed them.';

const NOTHING_TO_TALK_TO =
  'There is no STRIPE_SECRET_KEY, and the local Stripe, which would stand in for Stripe, is not installed here: ' +
  'set STRIPE_SECRET_KEY, or install the development dependencies too (npm ci).';

/** The package is not there, or was not built. */
const isMissing = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';

const withSessionSecret = (env: Env): Env =>
  env.sessionSecrets ? env : env.with({ sessionSecrets: [developmentSessionSecret(env.databaseUrl)] });

// A handler's stray promise must not take all other events down with the process.
process.on('unhandledRejection', (reason: unknown) => {
  logger.error(`A promise was rejected and nobody looked: ${reason instanceof Error ? reason.stack : String(reason)}`);
});

const fail = (error: unknown): never => {
  logger.fatal(explainError(error));
  process.exit(1);
};
process.on('uncaughtException', fail); // as Node does it, but masked
Logger.overrideLogger(new AppLogger());
main().catch(fail);
