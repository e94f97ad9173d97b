import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPostgres } from '../data/postgres.mjs';
import { APP_NAME, SESSION_SECRET, WEBHOOK_SECRET } from '../load/shared.mjs';

const STRIPE_SECRET_KEY = 'sk_test_bench';
const here = (name) => join(import.meta.dirname, name);
const PRODUCT = join(import.meta.dirname, '..', '..', 'dist', 'main.js');

const profiling = (folder) => (folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : []);

/** How each server is started: with a database file of its own, and a port. */
const plain = (name) => (database) => (port) => ({
  command: [here(name)],
  env: {
    NODE_ENV: 'production',
    PORT: String(port),
    DATABASE: database,
    STRIPE_SECRET_KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    SESSION_SECRET,
    APP_NAME,
  },
});

/** The local Stripe on a state file of its own. */
export const sandbox = (stateFile, profile) => (port) => ({
  command: [...profiling(profile), here('sandbox.mjs')],
  env: { PORT: String(port), STATE_FILE: stateFile },
  ready: '/',
});

export const httpWithoutWork = plain('http-without-work.mjs');
export const bareLimit = plain('bare-limit.mjs');
export const bareHandledLimit = plain('bare-handled-limit.mjs');
export const barePages = plain('bare-pages.mjs');
export const peer = plain('peer.mjs');

/**
 * The product as it is deployed: the build, in production, with every setting but the required ones left out.
 * @param {string} [profile] a folder for a CPU profile, which is written when the server is stopped in order
 */
export const product = (database, profile) => (port) => ({
  command: [...profiling(profile), PRODUCT],
  cwd: isPostgres(database) ? tmpdir() : join(database, '..'), // where no .env is
  env: {
    NODE_ENV: 'production',
    PORT: String(port),
    DOMAIN_URL: `http://localhost:${port}`,
    APP_NAME,
    DATABASE_URL: isPostgres(database) ? database : `sqlite:${database}`,
    STRIPE_SECRET_KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    SESSION_SECRET,
    TRUST_PROXY: '0',
    AUTH_ALLOW_STUB: 'true',
  },
});

/** The same with a Stripe on a port of this machine: the shop's page needs its prices. */
export const productWithStripe = (database, stripePort, profile) => (port) => {
  const { command, env, ...rest } = product(database, profile)(port);
  return {
    ...rest,
    command: ['--import', here('stripe-elsewhere.preload.mjs'), ...command],
    env: { ...env, BENCH_STRIPE_PORT: String(stripePort) },
  };
};
