import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { developmentSessionSecret, withSandbox } from '../config/development.js';
import { type Env, loadEnv } from '../config/env.js';
import { maskSecrets } from '../config/secrets.js';
import { OperatorError } from '../config/settings.error.js';
import { lockInstance } from '../database/sqlite/sqlite-file.js';
import { AppLogger } from '../logging/app-logger.js';
import { startLocalStripe } from './local-stripe.js';

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
  const { openApp } = await import('./running-app.js'); // nearly all modules: loaded once the settings and the lock are right
  const app = await openApp(localStripe ? withSandbox(env, localStripe) : env);
  stop(async () => {
    await app.stop();
    await localStripe?.close();
    await lock?.release();
  });
  await app.listen();
  await Promise.race([app.catalogTried(), sleep(LONGEST_WAIT_FOR_CATALOG_MS, undefined, { ref: false })]);
  if (localStripe)
    logger.log(`No STRIPE_SECRET_KEY: the local Stripe at ${localStripe.url} stands in for Stripe. No money moves.`);
  if (app.onLoopback)
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

/** The process exits after this time at the latest, ms, even if something is still under way. */
const LONGEST_STOP_MS = 9_500;
/** A second Ctrl-C within this time, ms, is the first one: npm forwards it to a process that the terminal has sent it to already. */
const SAME_SIGNAL_MS = 500;

type Stop = () => Promise<void>;

/**
 * Handles SIGTERM and SIGINT from now on. Until a way to stop is given they exit at once, which is safe: the next boot repeats
 * whatever this one left half done. Afterwards the first signal stops in order; a second Ctrl-C exits at once; a second SIGTERM
 * is ignored, since supervisors send several and still want what is under way to finish.
 * @returns call it with what stops the app, once there is one
 */
function stopOnSignals(): (stop: Stop) => void {
  let stop: Stop | undefined;
  let firstAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (!stop) process.exit(0);
    if (firstAt === undefined) {
      firstAt = performance.now();
      setTimeout(() => {
        logger.error(
          `Stopping took more than ${LONGEST_STOP_MS / 1_000} s, so it ends as it is: the next start repeats what is half done`,
        );
        process.exit(1);
      }, LONGEST_STOP_MS).unref();
      stop().then(() => process.exit(0), fail);
    } else if (signal === 'SIGINT' && performance.now() - firstAt > SAME_SIGNAL_MS)
      process.exit(128 + constants.signals.SIGINT);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return (given) => (stop = given);
}

/** Why a port cannot be opened, and what to do, by the system's error code. */
const LISTEN_ERRORS: Record<string, string> = {
  EADDRINUSE:
    'another process uses it. Stop that process, or choose another port (PORT; SANDBOX_PORT for the local Stripe).',
  EACCES: 'this user may not open it. Choose a port of 1024 or more (PORT; SANDBOX_PORT for the local Stripe).',
  EADDRNOTAVAIL: 'this machine does not have the address. Choose another one.',
};

/** An error as text for the log: a sentence if an operator can correct it, otherwise with its stack. Secrets are masked. */
function explainError(error: unknown): string {
  if (!(error instanceof Error)) return maskSecrets(String(error));
  const explanation = error instanceof OperatorError ? error.message : explainListenError(error);
  return maskSecrets(explanation ?? error.stack ?? error.message);
}

function explainListenError(error: NodeJS.ErrnoException & { port?: number }): string | undefined {
  const reason = error.syscall === 'listen' ? LISTEN_ERRORS[error.code ?? ''] : undefined;
  return reason && `Cannot listen on port ${error.port}: ${reason}`;
}
