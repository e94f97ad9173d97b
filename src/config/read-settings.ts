import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { checkRules } from './env.rules.js';
import { type Setting, type Settings, settings } from './env.schema.js';
import { type PostgresAddress, readPostgresAddress } from './postgres-address.js';
import { isDefaultPassword, maskSecrets, rememberSecrets } from './secrets.js';
import { type SettingFault, SettingsError } from './settings.error.js';

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

/** Variables of Stripe's own SDK and command line, and of other libraries for it. */
const OF_STRIPE =
  /^STRIPE_(LOCAL_TEST_WEBHOOK_SECRET|API_KEY|DEVICE_NAME|PROJECT_NAME|PUBLISHABLE_KEY|SUPPRESS_NOTICES|TELEMETRY_\w+|PLUGINS_PATH|NO_AUTO_UPDATE|INSTALL_METHOD|CLI|CLI_\w+)$/;

/** A name that differs in at most this many letters is taken for a misspelling; in 1, if it has at most SHORT letters. */
const MOST_DIFFERENT = 2;
const SHORT = 5;

const ofStripe = (name: string) => /^STRIPE_/i.test(name);

type Variables = Record<string, string | undefined>;

/**
 * Warnings about names that may be misspelt settings: in `.env` those close to a setting, and there and in the environment those
 * that begin with STRIPE_. They contain no values.
 */
export function warningsAboutNames(fromFile: Variables, environment: Variables, known: readonly string[]): string[] {
  const odd = (name: string) => !known.includes(name) && !OF_STRIPE.test(name);
  const given = (variables: Variables) => Object.keys(variables).filter((name) => variables[name] && odd(name));
  const names = new Set([...given(fromFile), ...given(environment).filter(ofStripe)]);
  return [...names].flatMap((name) => {
    const meant = closestTo(name, known);
    if (meant) return [`${name}: did you mean ${meant}? There is no setting of that name, so it is not read.`];
    return ofStripe(name)
      ? [`${name}: there is no setting of that name, so it is not read. .env.example lists all.`]
      : [];
  });
}

function closestTo(name: string, known: readonly string[]): string | undefined {
  const upper = name.toUpperCase();
  const most = name.length <= SHORT ? 1 : MOST_DIFFERENT;
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(upper, candidate) }))
    .toSorted((a, b) => a.distance - b.distance);
  if (ranked[0] && ranked[0].distance <= most) return ranked[0].candidate;
  return ranked.find(({ candidate }) => sameWords(upper, candidate))?.candidate;
}

/** Whether one has all words of the other, at least two: STRIPE_KEY and STRIPE_SECRET_KEY. */
function sameWords(one: string, other: string): boolean {
  const [fewer = [], more = []] = [one.split('_'), other.split('_')].toSorted((a, b) => a.length - b.length);
  return fewer.length >= 2 && fewer.every((word) => more.includes(word));
}

/** Edit distance: letters to change, add, remove or swap with the next one. */
function distance(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i++) {
    const [above = [], row] = [rows[i - 1], [i]];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + same);
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) least = Math.min(least, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[one.length]?.[other.length] ?? 0;
}
