import { Logger } from '@nestjs/common';
import { sandboxStateFile } from '../config/development.js';
import type { Env } from '../config/env.js';
import { OperatorError } from '../config/settings.error.js';

/**
 * Starts the local Stripe inside this process, for a development without a key; it delivers events to this app. Its package is
 * loaded only then: installations and images for production do not have it.
 * @throws OperatorError where it is not installed, its port is taken, or its state file cannot be used
 */
export async function startLocalStripe(env: Env) {
  const { PortTakenError, startSandbox, StateFileError } = await import('local-stripe').catch((error: unknown) => {
    throw isMissing(error) ? new OperatorError(NOT_INSTALLED, { cause: error }) : error;
  });
  try {
    return await startSandbox({
      port: env.sandboxPort,
      stateFile: sandboxStateFile(env),
      forwardTo: [`http://${env.ownHost}:${env.port}/webhook`],
      log: (line) => new Logger('Sandbox').log(line),
    });
  } catch (error) {
    if (error instanceof PortTakenError) throw new OperatorError(portTaken(error.port), { cause: error });
    throw error instanceof StateFileError ? new OperatorError(error.message, { cause: error }) : error;
  }
}

const portTaken = (port: number) =>
  `Port ${port} is taken by another process, so the local Stripe sandbox cannot start. ` +
  'Set SANDBOX_PORT to a free one. If it is your own `npm run sandbox`, ' +
  'set STRIPE_SECRET_KEY, STRIPE_API_BASE and STRIPE_WEBHOOK_SECRET as it printed them.';

const NOT_INSTALLED =
  'There is no STRIPE_SECRET_KEY, and the local Stripe, which would stand in for Stripe, is not installed here: ' +
  'set STRIPE_SECRET_KEY, or install the development dependencies too (npm ci).';

/** The package is not there, or was not built. */
const isMissing = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
