import { dirname, join, resolve } from 'node:path';
import type { Env } from './env.js';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { OperatorError } from './settings.error.js';

/** The local Stripe accepts any test key. */
const SANDBOX_KEY = 'sk_test_sandbox';

/** The settings with the local Stripe in place of Stripe. */
export const withSandbox = (env: Env, sandbox: { url: string; webhookSecret?: string }): Env =>
  env.with({
    stripe: {
      secretKey: SANDBOX_KEY,
      webhookSecrets: sandbox.webhookSecret ? [sandbox.webhookSecret] : [],
      apiBase: sandbox.url,
      checkoutOrigins: [sandbox.url],
    },
  });

/** The settings. Without a key, with the local Stripe that the running app has started. */
export const withSandboxUnlessKey = (env: Env): Env =>
  env.stripe ? env : withSandbox(env, { url: `http://localhost:${env.sandboxPort}` });

/** The local Stripe's state file. It is beside the app's database, so that both are kept or deleted together. */
export function sandboxStateFile({ databaseUrl }: Env): string {
  const database = databaseUrl.replace(/^sqlite:/, '');
  const folder = databaseUrl.startsWith('sqlite:') && database !== ':memory:' ? dirname(database) : 'data';
  return resolve(join(folder, 'sandbox.db'));
}

/**
 * A random session secret for development. It is stored in a file beside the SQLite database, whose folder must exist, so that
 * sessions survive a restart. With another database it is not stored.
 * @throws OperatorError if the file exists and cannot be read
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
