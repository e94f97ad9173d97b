import { type Env, loadEnvWith } from './env.js';
import { type SettingFault, SettingsError } from './settings.error.js';

/** What stands in for a setting that production asks for; all others are left out. Nothing is done with these values. */
const STAND_INS: Record<string, string> = {
  DOMAIN_URL: 'https://not-set.invalid',
  STRIPE_SECRET_KEY: 'rk_test_0000000000000000stand0in',
  STRIPE_WEBHOOK_SECRET: 'whsec_Zk3v9Qw7Lr2Xt8Bn4Ym6Hs1Pd5Gc0Jf',
  SESSION_SECRET: '3f9c1b7e5d2a8046c1e97b35f08d6a24',
  DATABASE_URL: 'sqlite::memory:',
  AUTH_ALLOW_STUB: 'true',
  TRUST_PROXY: '0',
};

/** The settings as far as they can be used. */
export interface ReadEnv {
  /** With stand-ins for those in `faults`; `undefined` where that does not help. */
  env: Env | undefined;
  faults: readonly SettingFault[];
  /** What a boot would end with. */
  error: SettingsError | undefined;
}

/** For commands that need a few of the settings, or look at what is wrong with them. */
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
      if (more.length === 0) return { env: undefined, faults, error: first }; // no stand-in makes it right
      faults.push(...more);
      for (const { name } of more) replaced[name] = STAND_INS[name] ?? '';
    }
  }
}

/**
 * The settings for a command that needs no others than these.
 * @throws SettingsError where one of them is wrong
 */
export function loadEnvFor(...needed: string[]): Env {
  const { env, faults, error } = loadEnvDespiteFaults();
  if (!env || faults.some(({ name }) => needed.includes(name))) throw error ?? new SettingsError([...faults]);
  return env;
}
