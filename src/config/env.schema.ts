import { z } from 'zod';
import { CERTIFICATE, readPem } from './postgres-tls.js';
import { isLogo, LOGO_RULE } from './shop-face.js';

const separatedBy = (sign: string) =>
  z.string().transform((value) =>
    value
      .split(sign)
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
const list = separatedBy(',');
const lines = separatedBy('|');

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((value) => value <= 65_535);

/** A whole number from `least` to `most`. */
const count = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most);

/** An absolute http(s) address without path, query or credentials. Becomes its origin, which has no slash at the end. */
const origin = z
  .url({ protocol: /^https?$/, abort: true })
  .refine((value) => new URL(value).pathname === '/' && !/[?#@]/.test(value))
  .transform((value) => new URL(value).origin);

/** `readPostgresAddress` checks the rest of an address of PostgreSQL. */
const databaseUrl = z.string().regex(/^sqlite:[^?]+$|^postgres(ql)?:\/\/./);

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** One setting: its schema, what an error says is expected, and whether its value is a secret, which no error shows. */
export interface Setting<T extends z.ZodType = z.ZodType> {
  schema: T;
  expected: string;
  secret?: boolean;
}

const setting = <T extends z.ZodType>(schema: T, expected: string): Setting<T> => ({ schema, expected });
const secret = <T extends z.ZodType>(schema: T, expected: string): Setting<T> => ({ schema, expected, secret: true });

/** Every setting of the app. A test checks that `.env.example` lists the same names. */
export const settings = {
  NODE_ENV: setting(
    z.enum(['development', 'test', 'production']).default('development'),
    'development, test or production',
  ),
  PORT: setting(port.default(5001), 'a port from 0 to 65535'),
  LISTEN_HOST: setting(
    z.union([z.ipv4(), z.ipv6(), z.literal('localhost')]).optional(),
    'an address of this machine to listen on, such as 127.0.0.1, or 0.0.0.0 for all of them',
  ),
  ALLOWED_HOSTS: setting(
    list
      .pipe(
        z.array(
          z
            .string()
            .regex(/^(\[[\da-f:.]+\]|[\w.-]+)$/i)
            .toLowerCase(),
        ),
      )
      .default([]),
    'host names without a port, separated by commas, such as www.shop.example.com, or .example.com for all below it',
  ),
  DOMAIN_URL: setting(
    origin.optional(), // http://, LISTEN_HOST or localhost, and the port, where left out
    'the address customers use, with no path, like https://shop.example.com',
  ),
  APP_NAME: setting(
    z.string().trim().min(1).max(200).default('[Nest Stripe Billing] Demo Product'),
    '1 to 200 characters',
  ),
  SHOP_NAME: setting(z.string().trim().min(1).max(60).optional(), '1 to 60 characters'),
  SHOP_LOGO: setting(z.string().refine(isLogo).optional(), LOGO_RULE),
  SHOP_ACCENT: setting(
    z
      .string()
      .regex(/^#[0-9a-f]{6}$/i)
      .toLowerCase()
      .optional(),
    'a colour as six hexadecimal digits, such as #4f46e5',
  ),
  SHOP_LEGAL_LINES: setting(
    lines.pipe(z.array(z.string().max(200)).max(10)).default([]),
    'at most 10 lines, separated by |',
  ),
  SUPPORT_EMAIL: setting(z.email().optional(), 'an e-mail address'),
  PAYMENT_LINKS: setting(
    list.pipe(z.array(z.string().regex(/^plink_\w+$/))).default([]),
    'ids of payment links that start with plink_, separated by commas',
  ),
  STRIPE_SECRET_KEY: secret(
    z
      .string()
      .regex(/^(sk|rk)_(test|live)_\w+$/)
      .optional(),
    'a key that starts with sk_test_ or rk_test_ (sk_live_ or rk_live_ in production)',
  ),
  STRIPE_WEBHOOK_SECRET: secret(
    list.pipe(z.array(z.string().regex(/^whsec_\S+$/)).min(1)).optional(),
    'one or several secrets that start with whsec_, separated by commas',
  ),
  CONNECTED_ACCOUNTS: setting(flag.default(false), 'true or false'),
  STRIPE_API_BASE: setting(origin.optional(), 'an http(s) address with no path, like http://localhost:12111'),
  DATABASE_URL: secret(
    databaseUrl.optional(),
    'sqlite:path/to/file.db, sqlite::memory:, or postgres://user:password@host:5432/database',
  ),
  DATABASE_POOL_SIZE: setting(count(1, 500).default(10), 'a number of connections, from 1 to 500'),
  DATABASE_CONNECT_TIMEOUT_MS: setting(count(100, 60_000).default(5_000), 'milliseconds, from 100 to 60000'),
  DATABASE_STATEMENT_TIMEOUT_MS: setting(count(100, 600_000).default(10_000), 'milliseconds, from 100 to 600000'),
  DATABASE_CA: setting(
    z
      .string()
      .refine((path) => readPem(path, CERTIFICATE).pem !== undefined)
      .optional(),
    "a file that can be read, with the database's certificate authority as PEM",
  ),
  MIGRATE_TO_URL: secret(
    z
      .string()
      .regex(/^postgres(ql)?:\/\/./)
      .optional(),
    'postgres://user:password@host:5432/database',
  ),
  SESSION_SECRET: secret(
    list.pipe(z.array(z.string().min(32)).min(1)).optional(),
    'one or several secrets of at least 32 characters, separated by commas; `openssl rand -hex 32` makes one',
  ),
  AUTH_STUB_EMAIL: setting(z.email().default('customer@example.com'), 'an e-mail address'),
  AUTH_ALLOW_STUB: setting(flag.default(false), 'true or false'),
  CHECKOUTS_PER_MINUTE: setting(count(1, 1_000_000).default(120), 'a number, from 1 to 1000000'),
  REFUNDS_PER_MINUTE: setting(count(1, 1_000_000).default(120), 'a number, from 1 to 1000000'),
  TRUST_PROXY: setting(
    z
      .string()
      .regex(/^\d{1,2}$/)
      .transform(Number)
      .optional(),
    'how many proxies stand in front of the app: a number',
  ),
  SHUTDOWN_DELAY_MS: setting(count(0, 5_000).default(0), 'milliseconds, from 0 to 5000'),
  SANDBOX_PORT: setting(port.default(12111), 'a port from 0 to 65535'),
  SANDBOX_HOST: setting(
    z
      .string()
      .regex(/^[\w.:-]+$/)
      .optional(),
    'an address to listen on, like 0.0.0.0',
  ),
  SANDBOX_ALLOWED_HOSTS: setting(
    z
      .string()
      .regex(/^[\w.-]+(,[\w.-]+)*$/)
      .transform((names) => names.split(','))
      .optional(),
    'host names without a port, separated by commas, like stripe.test,sandbox.lan',
  ),
  LOG_FORMAT: setting(z.enum(['pretty', 'json']).optional(), 'pretty or json'),
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
export type Settings = { [K in SettingName]: z.output<(typeof settings)[K]['schema']> };
