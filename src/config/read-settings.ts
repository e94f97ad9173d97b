import { checkRules } from './env.rules.js';
import { type Setting, type Settings, settings } from './env.schema.js';
import { maskSecrets, rememberSecrets } from './mask-secrets.js';
import { type PostgresAddress, readPostgresAddress } from './postgres-address.js';
import { type SettingFault, SettingsError } from './settings.error.js';
import { isDefaultPassword } from './weak-secrets.js';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

export type RawSettings = Record<string, string | undefined>;

/** The parsed settings. */
export interface ReadSettings {
  settings: Settings;
  /** The parts of DATABASE_URL, if it is an address of PostgreSQL. */
  postgres: PostgresAddress | undefined;
  /** The parts of MIGRATE_TO_URL. */
  migrateTo: PostgresAddress | undefined;
  warnings: readonly string[];
}

/**
 * Parses every setting and checks the rules between them. From then on `maskSecrets` masks the values of secret settings.
 * @param questions warnings about misspelt names: part of the error, or of the warnings
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
  const read = found as Settings; // complete, since there was no fault
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
  // A default password is a common word, which would be masked everywhere.
  const { password, user } = address ?? {};
  if (password && !isDefaultPassword(password, user)) rememberSecrets([password, encodeURIComponent(password)]);
  return address;
}

function remember(value = ''): void {
  if (!value.startsWith('sqlite:')) rememberSecrets(value.split(',').map((part) => part.trim()));
}

/** What is valid, and worth a line in the log. */
const warningsAbout = ({ NODE_ENV, STRIPE_SECRET_KEY }: Settings): string[] =>
  NODE_ENV === 'production' && STRIPE_SECRET_KEY && /^[sr]k_test_/.test(STRIPE_SECRET_KEY)
    ? ['STRIPE_SECRET_KEY is a test key, with NODE_ENV=production: nobody is charged, and test cards are taken.']
    : [];

/** A longer value is cut in an error. */
const LONGEST_SHOWN = 100;

/** A value as an error shows it: known secrets are masked, and an address loses what stands before its host. */
function shown(value = ''): string {
  const safe = maskSecrets(value).replace(/^.*:.*@/s, '…@');
  return JSON.stringify(safe.length > LONGEST_SHOWN ? `${safe.slice(0, LONGEST_SHOWN)}…` : safe);
}

/**
 * The variables of a `.env` file; empty if there is no file.
 * @throws SettingsError if it exists and cannot be read
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
