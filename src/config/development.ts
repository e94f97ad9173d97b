import { dirname, join, resolve } from 'node:path';
import type { Env } from './env.js';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { OperatorError } from './settings.error.js';

/** Any test key will do for the sandbox. */
const SANDBOX_KEY = 'sk_test_sandbox';

/** The settings with the sandbox in Stripe's place. */
export const withSandbox = (env: Env, sandbox: { url: string; webhookSecret?: string }): Env =>
  env.with({
    stripe: {
      secretKey: SANDBOX_KEY,
      webhookSecrets: sandbox.webhookSecret ? [sandbox.webhookSecret] : [],
      apiBase: sandbox.url,
      checkoutOrigins: [sandbox.url],
    },
  });

/** The settings; without a key, with the sandbox that the running app has started. */
export const withSandboxUnlessKey = (env: Env): Env =>
  env.stripe ? env : withSandbox(env, { url: `http://localhost:${env.sandboxPort}` });

/** Where the sandbox keeps its state: beside the app's database, so that the two are kept or deleted together. */
export function sandboxStateFile({ databaseUrl }: Env): string {
  const database = databaseUrl.replace(/^sqlite:/, '');
  const folder = databaseUrl.startsWith('sqlite:') && database !== ':memory:' ? dirname(database) : 'data';
  return resolve(join(folder, 'sandbox.db'));
}

/**
 * A random session secret for development, kept beside the SQLite database so that sessions survive a restart. In memory
 * alone where there is no such file. The database's folder is there already.
 * @throws OperatorError where the file is there and cannot be read
 */
export function developmentSessionSecret(databaseUrl: string): string {
  const fresh = randomBytes(32).toString('hex');
  const database = databaseUrl.replace(/^sqlite:/, '');
  if (database === ':memory:' || !databaseUrl.startsWith('sqlite:')) return fresh;
  const file = join(dirname(database), 'session-secret');
  try {
    writeFileSync(file, fresh, { mode: 0o600, flag: 'wx' });
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return fresh;
  }
  try {
    return readFileSync(file, 'utf8').trim() || fresh;
  } catch (error) {
    const reason = String(Reflect.get(Object(error), 'code'));
    throw new OperatorError(`${file} cannot be read (${reason}): delete it, or set SESSION_SECRET.`);
  }
}
