import { openAppOnEmptyDatabase } from '../../src/cli/command.js';
import { loadEnvDespiteFaults, type ReadEnv } from '../../src/config/load-env.js';
import { loadEnv } from '../../src/config/env.js';
import { diagnose } from '../../src/ops/doctor/doctor.js';
import type { Shop } from './shop.js';

export type Settings = Record<string, string>;

/** The settings of a shop that has keys, with the local Stripe behind them. */
export const settingsWithKeys = (shop: Shop, changes: Settings = {}): Settings => ({
  ...shop.settings,
  STRIPE_SECRET_KEY: 'sk_test_sandbox',
  STRIPE_API_BASE: shop.sandbox.url,
  STRIPE_WEBHOOK_SECRET: shop.sandbox.webhookSecret,
  ...changes,
});

export const readEnv = (settings: Settings): ReadEnv =>
  loadEnvDespiteFaults((more) => loadEnv({ ...settings, ...more }, '/nowhere/.env'));

/** What doctor says of these settings: a line for each finding, by the name of its check. */
export async function doctor(settings: Settings) {
  const { checks, faults, warnings } = await diagnose(readEnv(settings), openAppOnEmptyDatabase);
  const linesOf = (name: string) =>
    checks.filter((check) => check.name === name).map(({ status, found, todo }) => `${status}: ${found} -> ${todo}`);
  return {
    linesOf,
    line: (name: string) => linesOf(name).join('\n'),
    faults,
    warnings,
    wrong: [...new Set(checks.filter(({ status }) => status === 'fault').map(({ name }) => name))],
  };
}
