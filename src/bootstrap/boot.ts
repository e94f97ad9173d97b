import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { CatalogBoot } from '../billing/catalog/catalog-boot.service.js';
import { developmentSessionSecret, withSandbox } from '../config/development.js';
import { type Env, loadEnv } from '../config/env.js';
import { lockInstance } from '../database/sqlite/instance-lock.js';
import { Readiness } from '../health/readiness.js';
import { AppLogger } from '../logging/app-logger.js';
import { createApp } from './create-app.js';
import { explainError } from './explain-error.js';
import { listen, listensOnLoopback } from './listen.js';
import { startLocalStripe } from './local-stripe.js';
import { stopOnSignals } from './stop-on-signals.js';

/** Delay before the Ready line while the catalog syncs, ms, at most. The app listens meanwhile. */
const LONGEST_WAIT_FOR_CATALOG_MS = 3_000;

const logger = new Logger('Main');

/** Runs the app in this process until a signal stops it. An error is logged, and ends the process with status 1. */
export async function boot(): Promise<void> {
  Logger.overrideLogger(new AppLogger());
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', logRejection);
  await start().catch(fail);
}

/** The settings, the local Stripe where there is no key, the app; then listens. */
async function start(): Promise<void> {
  const stop = stopOnSignals();
  const settings = loadEnv();
  const lock = settings.postgres ? undefined : await lockInstance(settings.databaseUrl);
  const env = withSessionSecret(settings);
  const localStripe = env.stripe ? undefined : await startLocalStripe(env);
  const app = await createApp(localStripe ? withSandbox(env, localStripe) : env);
  stop(async () => {
    app.get(Readiness).end(); // first, so that a load balancer sends nothing more
    await sleep(env.shutdownDelayMs);
    app.getHttpServer().close(); // requests under way are answered, and no connection is accepted any more
    await app.close();
    await localStripe?.close();
    await lock?.release();
  });
  await listen(app, env);
  await Promise.race([app.get(CatalogBoot).tried, sleep(LONGEST_WAIT_FOR_CATALOG_MS, undefined, { ref: false })]);
  if (localStripe)
    logger.log(`No STRIPE_SECRET_KEY: the local Stripe at ${localStripe.url} stands in for Stripe. No money moves.`);
  if (listensOnLoopback(env))
    logger.log('Only this machine can connect. For others, as in a container, set LISTEN_HOST=0.0.0.0.');
  for (const warning of env.warnings) logger.warn(warning);
  logger.log(`Ready: open ${env.domainUrl}`);
}

const withSessionSecret = (env: Env): Env =>
  env.sessionSecrets ? env : env.with({ sessionSecrets: [developmentSessionSecret(env.databaseUrl)] });

/** As Node does by itself, but without secrets. */
function fail(error: unknown): never {
  logger.fatal(explainError(error));
  process.exit(1);
}

/** A promise that an event handler forgot to await must not end the process, and with it the handling of all other events. */
function logRejection(reason: unknown): void {
  logger.error(`Unhandled promise rejection: ${reason instanceof Error ? reason.stack : String(reason)}`);
}
