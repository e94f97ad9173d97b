import { existsSync } from 'node:fs';
import { z } from 'zod';

const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((value) => value <= 65_535);

/** A whole number within bounds. */
const count = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most);

/** An absolute http(s) address without path, query or credentials; kept without a slash at its end. */
const origin = z
  .url({ protocol: /^https?$/, abort: true })
  .refine((value) => new URL(value).pathname === '/' && !/[?#@]/.test(value))
  .transform((value) => new URL(value).origin);

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** One setting: how it is read, what would be right, and whether its value may be shown in an error. */
export interface Setting<T extends z.ZodType = z.ZodType> {
  schema: T;
  expected: string;
  secret?: boolean;
}

const setting = <T extends z.ZodType>(schema: T, expected: string): Setting<T> => ({ schema, expected });
const secret = <T extends z.ZodType>(schema: T, expected: string): Setting<T> => ({ schema, expected, secret: true });

/** Every setting of the app. `.env.example` lists the same names, and a test holds the two together. */
export const settings = {
  NODE_ENV: setting(
    z.enum(['development', 'test', 'production']).default('development'),
    'development, test or production',
  ),
  PORT: setting(port.default(5001), 'a port from 0 to 65535'),
  DOMAIN_URL: setting(
    origin.default('http://localhost:5001'),
    'the address customers use, with no path, like https://shop.example.com',
  ),
  APP_NAME: setting(
    z.string().trim().min(1).max(200).default('[Nest Stripe Billing] Demo Product'),
    '1 to 200 characters',
  ),
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
  STRIPE_API_BASE: setting(origin.optional(), 'an http(s) address with no path, like http://localhost:12111'),
  DATABASE_URL: setting(
    z
      .string()
      .regex(/^sqlite:.+|^postgres(ql)?:\/\/.+/)
      .refine((url) => url.startsWith('sqlite:') || URL.canParse(url))
      .default('sqlite:data/stripe_payments.db'),
    'sqlite:path/to/file.db, sqlite::memory:, or postgres://user:password@host:5432/database',
  ),
  DATABASE_POOL_SIZE: setting(count(1, 500).default(10), 'a number of connections, from 1 to 500'),
  DATABASE_CONNECT_TIMEOUT_MS: setting(count(100, 60_000).default(5_000), 'milliseconds, from 100 to 60000'),
  DATABASE_STATEMENT_TIMEOUT_MS: setting(count(100, 600_000).default(10_000), 'milliseconds, from 100 to 600000'),
  DATABASE_CA: setting(
    z
      .string()
      .refine((path) => existsSync(path))
      .optional(),
    "a file with the database's certificate authority, as PEM",
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
      .default(0),
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
  LOG_FORMAT: setting(z.enum(['pretty', 'json']).optional(), 'pretty or json'),
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
export type Settings = { [K in SettingName]: z.output<(typeof settings)[K]['schema']> };
