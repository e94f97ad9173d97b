import { dirname, join, resolve } from 'node:path';
import type { Env } from './env.js';

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
export const orSandbox = (env: Env): Env =>
  env.stripe ? env : withSandbox(env, { url: `http://localhost:${env.sandboxPort}` });

/** Where the sandbox keeps its state: beside the app's database, so that the two are kept or deleted together. */
export function sandboxStateFile({ databaseUrl }: Env): string {
  const database = databaseUrl.replace(/^sqlite:/, '');
  const folder = databaseUrl.startsWith('sqlite:') && database !== ':memory:' ? dirname(database) : 'data';
  return resolve(join(folder, 'sandbox.db'));
}
