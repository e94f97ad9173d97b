import { type Env, loadEnvWith } from './env.js';
import { type SettingFault, SettingsError } from './settings.error.js';

/** Placeholders for settings that production requires, so that the others can be read. Nothing uses these values. */
const STAND_INS: Record<string, string> = {
  DOMAIN_URL: 'https://not-set.invalid',
  STRIPE_SECRET_KEY: 'rk_test_0000000000000000stand0in',
  STRIPE_WEBHOOK_SECRET: 'whsec_Zk3v9Qw7Lr2Xt8Bn4Ym6Hs1Pd5Gc0Jf',
  SESSION_SECRET: '3f9c1b7e5d2a8046c1e97b35f08d6a24',
  DATABASE_URL: 'sqlite::memory:',
  AUTH_ALLOW_STUB: 'true',
  TRUST_PROXY: '0',
};

/** The settings as far as they are usable. */
export interface ReadEnv {
  /** With placeholders for the settings in `faults`. Undefined where even then they cannot be read. */
  env: Env | undefined;
  faults: readonly SettingFault[];
  /** The error that a boot would end with. */
  error: SettingsError | undefined;
}

/** Reads the settings without throwing: for commands that need a few of them, or report what is wrong. */
export function loadEnvDespiteFaults(load: typeof loadEnvWith = loadEnvWith): ReadEnv {
  const faults: SettingFault[] = [];
  const replaced: Record<string, string> = {};
  let first: SettingsError | undefined;
  for (;;) {
    try {
      return { env: load(replaced), faults, error: first };
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      first ??= error;
      const more = error.faults.filter(({ name }) => !(name in replaced));
      if (more.length === 0) return { env: undefined, faults, error: first }; // no placeholder helps
      faults.push(...more);
      for (const { name } of more) replaced[name] = STAND_INS[name] ?? '';
    }
  }
}

/**
 * Reads the settings for a command that uses only `needed`.
 * @throws SettingsError if one of those is wrong
 */
export function loadEnvFor(...needed: string[]): Env {
  const { env, faults, error } = loadEnvDespiteFaults();
  if (!env || faults.some(({ name }) => needed.includes(name))) throw error ?? new SettingsError([...faults]);
  return env;
}
