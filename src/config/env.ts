import { settings } from './env.schema.js';
import { type RawSettings, readEnvFile, type ReadSettings, readSettings, warningsAboutNames } from './read-settings.js';
import type { PostgresAddress } from './postgres-address.js';
import { partsOfAppName, type ShopFace } from './shop-face.js';

const DEFAULT_DATABASE = 'sqlite:data/stripe_payments.db';
const STRIPE_CHECKOUT = 'https://checkout.stripe.com';

/** How to reach Stripe, or the local Stripe in its place. */
export interface StripeConnection {
  secretKey: string;
  /** A signature by any of them is valid, so that a secret can be rotated. */
  webhookSecrets: readonly string[];
  /** Address of the API, without a slash at the end. Defaults to Stripe's own. */
  apiBase?: string | undefined;
  /** Origins of Checkout's pages. An account with a custom domain has one more, which is not known here. */
  checkoutOrigins: readonly string[];
}

/** Connections to PostgreSQL. Times in ms. */
export interface DatabaseConnection {
  /** Connections of each pool. An instance has two pools, one to read and one to write. */
  poolSize: number;
  connectTimeoutMs: number;
  statementTimeoutMs: number;
}

/** How many times a minute one user may do something. */
export interface RateLimits {
  checkouts: number;
  refunds: number;
}

/** The settings of the app, read once at boot. Injected by its class. */
export class Env {
  readonly production: boolean;
  readonly port: number;
  /** Address to listen on. Undefined means: all addresses in production, loopback otherwise. */
  readonly listenHost: string | undefined;
  /** Host by which programs on this machine call the app, as it stands in a URL: LISTEN_HOST if it is one address, otherwise `localhost`. */
  readonly ownHost: string;
  /** Host names the app answers to besides that of `domainUrl`. `.example.com` means all names below example.com. */
  readonly allowedHosts: readonly string[];
  /** Address that customers use, without a slash at the end. */
  readonly domainUrl: string;
  /** `app_name` in the metadata of all that this app makes at Stripe. */
  readonly appName: string;
  readonly face: ShopFace;
  /** Ids of payment links (`plink_…`) whose payments belong to this app even without its `app_name` in their metadata. */
  readonly paymentLinks: readonly string[];
  /** Undefined means: the local Stripe stands in for Stripe. */
  readonly stripe: StripeConnection | undefined;
  /** Whether events of connected accounts are passed to the handlers that accept them. */
  readonly connectedAccounts: boolean;
  readonly databaseUrl: string;
  /** The parts of `databaseUrl`, if it is an address of PostgreSQL. */
  readonly postgres: PostgresAddress | undefined;
  /** Target of `migrate-to`, unless the call names another one. */
  readonly migrateTo: PostgresAddress | undefined;
  readonly database: DatabaseConnection;
  /** The first one signs, all of them verify. Undefined means: a random one. */
  readonly sessionSecrets: readonly string[] | undefined;
  readonly stubEmail: string;
  /** Whether production may run without a login, with the stub user. */
  readonly allowStub: boolean;
  readonly rateLimits: RateLimits;
  readonly trustProxy: number;
  /** Time from SIGTERM until the app stops handling, ms. Meanwhile it answers requests, but is not ready. */
  readonly shutdownDelayMs: number;
  readonly sandboxPort: number;
  /** Signing secrets for a local Stripe in a process of its own; empty means: it makes one. */
  readonly sandboxWebhookSecrets: readonly string[];
  /** None: this machine alone. */
  readonly sandboxHost: string | undefined;
  readonly sandboxAllowedHosts: string[];
  readonly logFormat: 'pretty' | 'json';
  /** Settings that are valid but probably not intended, for the log. */
  readonly warnings: readonly string[];

  constructor({ settings: read, postgres, migrateTo, warnings }: ReadSettings) {
    this.production = read.NODE_ENV === 'production';
    this.port = read.PORT;
    this.listenHost = read.LISTEN_HOST;
    this.ownHost = ownHostOf(read.LISTEN_HOST);
    this.allowedHosts = read.ALLOWED_HOSTS;
    this.domainUrl = read.DOMAIN_URL ?? `http://${this.ownHost}:${read.PORT}`;
    this.appName = read.APP_NAME;
    this.face = {
      name: read.SHOP_NAME ?? partsOfAppName(read.APP_NAME).shop,
      logo: read.SHOP_LOGO,
      accent: read.SHOP_ACCENT,
      supportEmail: read.SUPPORT_EMAIL,
      legalLines: read.SHOP_LEGAL_LINES,
    };
    this.paymentLinks = read.PAYMENT_LINKS;
    this.stripe = read.STRIPE_SECRET_KEY
      ? {
          secretKey: read.STRIPE_SECRET_KEY,
          webhookSecrets: read.STRIPE_WEBHOOK_SECRET ?? [],
          apiBase: read.STRIPE_API_BASE,
          // Another address is a local Stripe with its own pages, or a proxy to Stripe.
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

  /** A copy with some settings replaced. */
  with(changes: Partial<Env>): Env {
    return Object.assign(Object.create(Env.prototype) as Env, this, changes);
  }

  /** Whether the secret key is a live one. Events of the other mode are not for this app. */
  get livemode(): boolean {
    return /^(sk|rk)_live_/.test(this.stripe?.secretKey ?? '');
  }
}

function ownHostOf(listenHost = 'localhost'): string {
  const { hostname } = new URL(`http://${listenHost.includes(':') ? `[${listenHost}]` : listenHost}`);
  return ['0.0.0.0', '[::]'].includes(hostname) ? 'localhost' : hostname;
}

/**
 * Reads the settings from the environment and from the `.env` file, if there is one. The environment wins.
 * @throws SettingsError that lists everything that is wrong
 */
export function loadEnv(environment: RawSettings = process.env, file = '.env'): Env {
  const fromFile = readEnvFile(file);
  const questions = warningsAboutNames(fromFile, environment, Object.keys(settings));
  return new Env(readSettings({ ...fromFile, ...environment }, questions));
}

/** The same with more variables, which win over the environment. */
export const loadEnvWith = (more: RawSettings): Env => loadEnv({ ...process.env, ...more });
