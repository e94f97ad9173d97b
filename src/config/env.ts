import { settings } from './env.schema.js';
import { type RawSettings, readEnvFile, type ReadSettings, readSettings } from './read-settings.js';
import type { PostgresAddress } from './postgres-address.js';
import { warningsAboutNames } from './unknown-names.js';

const DEFAULT_DATABASE = 'sqlite:data/stripe_payments.db';
const STRIPE_CHECKOUT = 'https://checkout.stripe.com';

/** How to reach Stripe, or the sandbox in its place. */
export interface StripeConnection {
  secretKey: string;
  /** Tried in turn, so that a secret can be rotated. */
  webhookSecrets: readonly string[];
  /** Another address for the API; Stripe's own where left out. */
  apiBase?: string | undefined;
  /** Where Checkout's pages are, unless the account has a domain of its own for them. */
  checkoutOrigins: readonly string[];
}

/** How to use PostgreSQL; SQLite has no use for it. Times in ms. */
export interface DatabaseConnection {
  /** Connections of each pool: an instance has one pool for reading and one for writing. */
  poolSize: number;
  connectTimeoutMs: number;
  statementTimeoutMs: number;
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
  /** None: all addresses in production, this machine alone elsewhere. */
  readonly listenHost: string | undefined;
  /** How this machine's own programs call the app: LISTEN_HOST where that is one address, as a URL writes it; else `localhost`. */
  readonly ownHost: string;
  /** Host names that are ours besides the one of `domainUrl`; one that begins with a dot stands for all below it. */
  readonly allowedHosts: readonly string[];
  /** Without a slash at its end. */
  readonly domainUrl: string;
  readonly appName: string;
  /** Payment links, `plink_…`, whose payments are this app's although they do not carry its name. */
  readonly paymentLinks: readonly string[];
  /** None: the local sandbox stands in for Stripe. */
  readonly stripe: StripeConnection | undefined;
  /** Whether events of connected accounts reach the handlers that take them. */
  readonly connectedAccounts: boolean;
  readonly databaseUrl: string;
  /** What `databaseUrl` says, where it is PostgreSQL's. */
  readonly postgres: PostgresAddress | undefined;
  /** Where `migrate-to` copies to, unless it is called with an address. */
  readonly migrateTo: PostgresAddress | undefined;
  readonly database: DatabaseConnection;
  /** The first signs; all of them verify. None: one is made at random. */
  readonly sessionSecrets: readonly string[] | undefined;
  readonly stubEmail: string;
  /** Whether the stub user may be in production. */
  readonly allowStub: boolean;
  readonly rateLimits: RateLimits;
  readonly trustProxy: number;
  /** How long a stopping app still takes requests, while it says that it is not ready. */
  readonly shutdownDelayMs: number;
  readonly sandboxPort: number;
  /** What a sandbox in a process of its own signs with; none: one of its own. */
  readonly sandboxWebhookSecrets: readonly string[];
  /** None: this machine alone. */
  readonly sandboxHost: string | undefined;
  readonly sandboxAllowedHosts: string[];
  readonly logFormat: 'pretty' | 'json';
  /** What works, and was hardly meant: for the log. */
  readonly warnings: readonly string[];

  constructor({ settings: read, postgres, migrateTo, warnings }: ReadSettings) {
    this.production = read.NODE_ENV === 'production';
    this.port = read.PORT;
    this.listenHost = read.LISTEN_HOST;
    this.ownHost = ownHostOf(read.LISTEN_HOST);
    this.allowedHosts = read.ALLOWED_HOSTS;
    this.domainUrl = read.DOMAIN_URL ?? `http://${this.ownHost}:${read.PORT}`;
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
    this.connectedAccounts = read.CONNECTED_ACCOUNTS;
    this.databaseUrl = read.DATABASE_URL ?? DEFAULT_DATABASE;
    this.postgres = postgres;
    this.migrateTo = migrateTo;
    this.database = {
      poolSize: read.DATABASE_POOL_SIZE,
      connectTimeoutMs: read.DATABASE_CONNECT_TIMEOUT_MS,
      statementTimeoutMs: read.DATABASE_STATEMENT_TIMEOUT_MS,
    };
    this.sessionSecrets = read.SESSION_SECRET;
    this.stubEmail = read.AUTH_STUB_EMAIL;
    this.allowStub = read.AUTH_ALLOW_STUB;
    this.rateLimits = { checkouts: read.CHECKOUTS_PER_MINUTE, refunds: read.REFUNDS_PER_MINUTE };
    this.trustProxy = read.TRUST_PROXY ?? 0;
    this.shutdownDelayMs = read.SHUTDOWN_DELAY_MS;
    this.sandboxPort = read.SANDBOX_PORT;
    this.sandboxWebhookSecrets = read.STRIPE_WEBHOOK_SECRET ?? [];
    this.sandboxHost = read.SANDBOX_HOST;
    this.sandboxAllowedHosts = read.SANDBOX_ALLOWED_HOSTS ?? [];
    this.logFormat = read.LOG_FORMAT ?? (this.production ? 'json' : 'pretty');
    this.warnings = warnings;
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

function ownHostOf(listenHost = 'localhost'): string {
  const { hostname } = new URL(`http://${listenHost.includes(':') ? `[${listenHost}]` : listenHost}`);
  return ['0.0.0.0', '[::]'].includes(hostname) ? 'localhost' : hostname;
}

/**
 * Reads the settings from the environment and, where there is one, a `.env` file; the environment wins.
 * @throws SettingsError that names every fault at once
 */
export function loadEnv(environment: RawSettings = process.env, file = '.env'): Env {
  const fromFile = readEnvFile(file);
  const questions = warningsAboutNames(fromFile, environment, Object.keys(settings));
  return new Env(readSettings({ ...fromFile, ...environment }, questions));
}

/** The same, as if the environment held these too. */
export const loadEnvWith = (more: RawSettings): Env => loadEnv({ ...process.env, ...more });
