import { checkRules } from './env.rules.js';
import { type Setting, type Settings, settings } from './env.schema.js';
import { maskSecrets, rememberSecrets } from './mask-secrets.js';
import { type PostgresAddress, readPostgresAddress } from './postgres-address.js';
import { type SettingFault, SettingsError } from './settings.error.js';
import { isDefaultPassword } from './weak-secrets.js';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

export type RawSettings = Record<string, string | undefined>;

/** The settings, and what was read out of them. */
export interface ReadSettings {
  settings: Settings;
  /** What DATABASE_URL says, where it is PostgreSQL's. */
  postgres: PostgresAddress | undefined;
  /** What MIGRATE_TO_URL says. */
  migrateTo: PostgresAddress | undefined;
  warnings: readonly string[];
}

/**
 * Reads every setting and holds them to the rules. What it takes for a secret is masked from then on: see `maskSecrets`.
 * @param questions what else to say where there is a fault, and to warn of where there is none
 * @throws SettingsError
 */
export function readSettings(raw: RawSettings, questions: readonly string[]): ReadSettings {
  const webhookSecret = raw.STRIPE_WEBHOOK_SECRET || raw.STRIPE_LOCAL_TEST_WEBHOOK_SECRET;
  const given: RawSettings = { ...raw, ...(webhookSecret && { STRIPE_WEBHOOK_SECRET: webhookSecret }) };
  for (const [name, { secret }] of Object.entries<Setting>(settings)) if (secret) remember(given[name]);
  const faults: SettingFault[] = [];
  const found = parse(given, faults);
  const address = (name: 'DATABASE_URL' | 'MIGRATE_TO_URL') => readAddress(name, found[name], given, faults);
  const [postgres, migrateTo] = [address('DATABASE_URL'), address('MIGRATE_TO_URL')];
  const named = new Set(faults.map(({ name }) => name));
  const between = checkRules(found, { DATABASE_URL: postgres, MIGRATE_TO_URL: migrateTo });
  faults.push(...between.filter(({ name }) => !named.has(name)));
  if (faults.length > 0) throw new SettingsError(faults, questions);
  const read = found as Settings; // nothing is missing where nothing is wrong
  return { settings: read, postgres, migrateTo, warnings: [...questions, ...warningsAbout(read)] };
}

function parse(given: RawSettings, faults: SettingFault[]): Partial<Settings> {
  const parsed: Record<string, unknown> = {};
  for (const [name, { schema, expected, secret }] of Object.entries<Setting>(settings)) {
    const value = given[name] || undefined; // an empty value is none, as in compose files
    const result = schema.safeParse(value);
    if (result.success) parsed[name] = result.data;
    else faults.push({ name, found: secret ? 'a value that is not shown' : shown(value), expected });
  }
  return parsed as Partial<Settings>;
}

function readAddress(
  name: string,
  url: string | undefined,
  given: RawSettings,
  faults: SettingFault[],
): PostgresAddress | undefined {
  if (!url || url.startsWith('sqlite:')) return undefined;
  const { address, faults: wrong } = readPostgresAddress(url, given.DATABASE_CA || undefined, given);
  faults.push(...wrong.map((fault) => ({ name, ...fault })));
  // A password that is a word like any other is not worth losing that word everywhere.
  const { password, user } = address ?? {};
  if (password && !isDefaultPassword(password, user)) rememberSecrets([password, encodeURIComponent(password)]);
  return address;
}

function remember(value = ''): void {
  if (!value.startsWith('sqlite:')) rememberSecrets(value.split(',').map((part) => part.trim()));
}

/** What is allowed, and should be known. */
const warningsAbout = ({ NODE_ENV, STRIPE_SECRET_KEY }: Settings): string[] =>
  NODE_ENV === 'production' && STRIPE_SECRET_KEY && /^[sr]k_test_/.test(STRIPE_SECRET_KEY)
    ? ['STRIPE_SECRET_KEY is a test key, with NODE_ENV=production: nobody is charged, and test cards are taken.']
    : [];

/** The longest value that is shown whole. */
const LONGEST_SHOWN = 100;

/** A value as an error shows it: with no secret that is known as one, and no more of an address than its host. */
function shown(value = ''): string {
  const safe = maskSecrets(value).replace(/^.*:.*@/s, '…@');
  return JSON.stringify(safe.length > LONGEST_SHOWN ? `${safe.slice(0, LONGEST_SHOWN)}…` : safe);
}

/**
 * The variables of a `.env` file; none, where there is no file.
 * @throws SettingsError where something is there that cannot be read
 */
export function readEnvFile(file: string): Record<string, string | undefined> {
  const fault = (found: string) =>
    new SettingsError([
      { name: file, found, expected: 'a text file with a line NAME=value for each setting, or none' },
    ]);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = String(Reflect.get(Object(error), 'code'));
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw fault(code === 'EISDIR' ? 'a folder' : `a file that cannot be read (${code})`);
  }
  if (text.includes('\0')) throw fault('a file that is not UTF-8 text');
  return parseEnv(text.replace(/^\uFEFF/, '')); // Windows' editors may begin with a byte order mark
}
