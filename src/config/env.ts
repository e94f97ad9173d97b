import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { crossFaults } from './env.rules.js';
import { type Setting, type Settings, settings } from './env.schema.js';
import { type SettingFault, SettingsError } from './settings.error.js';

const STRIPE_CHECKOUT = 'https://checkout.stripe.com';

type RawSettings = Record<string, string | undefined>;

/** How to reach Stripe, or the sandbox in its place. */
export interface StripeConnection {
  secretKey: string;
  /** Tried in turn, so that a secret can be rotated. */
  webhookSecrets: readonly string[];
  /** Another address for the API; Stripe's own where left out. */
  apiBase?: string | undefined;
  /** Where Checkout's pages are. */
  checkoutOrigins: readonly string[];
}

/** How to use PostgreSQL; SQLite has no use for it. Times in ms. */
export interface DatabaseConnection {
  /** Connections of each pool: an instance has one pool for reading and one for writing. */
  poolSize: number;
  connectTimeoutMs: number;
  statementTimeoutMs: number;
  /** A file with the certificate authority that the server's certificate is checked against. */
  caFile?: string | undefined;
}

/** How often a minute one user may do something. */
export interface RateLimits {
  checkouts: number;
  refunds: number;
}

/** The settings of the app, read once at boot. Injected by its class. */
export class Env {
  readonly production: boolean;
  readonly port: number;
  /** Without a slash at its end. */
  readonly domainUrl: string;
  readonly appName: string;
  /** Payment links, `plink_…`, whose payments are this app's although they do not carry its name. */
  readonly paymentLinks: readonly string[];
  /** None: the local sandbox stands in for Stripe. */
  readonly stripe: StripeConnection | undefined;
  readonly databaseUrl: string;
  readonly database: DatabaseConnection;
  /** The first signs; all of them verify. None: one is made at random. */
  readonly sessionSecrets: readonly string[] | undefined;
  readonly stubEmail: string;
  readonly rateLimits: RateLimits;
  readonly trustProxy: number;
  /** How long a stopping app still takes requests, while it says that it is not ready. */
  readonly shutdownDelayMs: number;
  readonly sandboxPort: number;
  /** What a sandbox in a process of its own signs with; none: one of its own. */
  readonly sandboxWebhookSecrets: readonly string[];
  /** None: this machine alone. */
  readonly sandboxHost: string | undefined;
  readonly logFormat: 'pretty' | 'json';

  constructor(read: Settings) {
    this.production = read.NODE_ENV === 'production';
    this.port = read.PORT;
    this.domainUrl = read.DOMAIN_URL;
    this.appName = read.APP_NAME;
    this.paymentLinks = read.PAYMENT_LINKS;
    this.stripe = read.STRIPE_SECRET_KEY
      ? {
          secretKey: read.STRIPE_SECRET_KEY,
          webhookSecrets: read.STRIPE_WEBHOOK_SECRET ?? [],
          apiBase: read.STRIPE_API_BASE,
          // Behind another address there is a sandbox with pages of its own, or Stripe with its own.
          checkoutOrigins: [...(read.STRIPE_API_BASE ? [read.STRIPE_API_BASE] : []), STRIPE_CHECKOUT],
        }
      : undefined;
    this.databaseUrl = read.DATABASE_URL;
    this.database = {
      poolSize: read.DATABASE_POOL_SIZE,
      connectTimeoutMs: read.DATABASE_CONNECT_TIMEOUT_MS,
      statementTimeoutMs: read.DATABASE_STATEMENT_TIMEOUT_MS,
      caFile: read.DATABASE_CA,
    };
    this.sessionSecrets = read.SESSION_SECRET;
    this.stubEmail = read.AUTH_STUB_EMAIL;
    this.rateLimits = { checkouts: read.CHECKOUTS_PER_MINUTE, refunds: read.REFUNDS_PER_MINUTE };
    this.trustProxy = read.TRUST_PROXY;
    this.shutdownDelayMs = read.SHUTDOWN_DELAY_MS;
    this.sandboxPort = read.SANDBOX_PORT;
    this.sandboxWebhookSecrets = read.STRIPE_WEBHOOK_SECRET ?? [];
    this.sandboxHost = read.SANDBOX_HOST;
    this.logFormat = read.LOG_FORMAT ?? (this.production ? 'json' : 'pretty');
  }

  /** The same settings, with some of them replaced. */
  with(changes: Partial<Env>): Env {
    return Object.assign(Object.create(Env.prototype) as Env, this, changes);
  }

  /** Whether the secret key is a live one: events of the other mode are not ours. */
  get livemode(): boolean {
    return /^(sk|rk)_live_/.test(this.stripe?.secretKey ?? '');
  }
}

/**
 * Reads the settings from the environment and, where there is one, a `.env` file; the environment wins.
 * @throws SettingsError that names every fault at once
 */
export function loadEnv(environment: RawSettings = process.env, file = '.env'): Env {
  const fromFile: RawSettings = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return new Env(parseSettings({ ...fromFile, ...environment }));
}

/** Without the password that an address may hold. */
const shown = (value: string | undefined) => JSON.stringify(value?.replace(/\/\/.*@/, '//…@'));

function parseSettings(raw: RawSettings): Settings {
  const given = { ...raw, STRIPE_WEBHOOK_SECRET: raw.STRIPE_WEBHOOK_SECRET || raw.STRIPE_LOCAL_TEST_WEBHOOK_SECRET };
  const faults: SettingFault[] = [];
  const parsed: Record<string, unknown> = {};
  for (const [name, { schema, expected, secret }] of Object.entries<Setting>(settings)) {
    const value = given[name as keyof typeof given] || undefined; // an empty value is none, as in compose files
    const result = schema.safeParse(value);
    if (result.success) parsed[name] = result.data;
    else faults.push({ name, found: secret ? 'a value that is not shown' : shown(value), expected });
  }
  const told = new Set(faults.map(({ name }) => name));
  faults.push(...crossFaults(parsed as Partial<Settings>).filter(({ name }) => !told.has(name)));
  if (faults.length > 0) throw new SettingsError(faults);
  return parsed as Settings;
}
