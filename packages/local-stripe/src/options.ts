import type { BillingSettings } from './state/settings.js';
import type { Fault } from './faults/fault.js';
import { DEFAULT_RETRY_DELAYS_MS } from './delivery/retries.js';

export interface SandboxOptions {
  /** Port to listen on; 0 picks a free one. */
  port: number;
  /**
   * Address to listen on. Defaults to loopback, IPv4 and IPv6: this machine alone, as `localhost` and as 127.0.0.1.
   * Whatever it is, only requests to known host names are answered: `localhost`, names that end in `.localhost`, this
   * address, `allowedHosts` and `checkoutHost`.
   */
  host?: string;
  /** Further host names that requests may be sent to, without a port. Defaults to none. */
  allowedHosts?: string[];
  /**
   * Host name that the pages of new Checkout Sessions are on, as with a custom domain at Stripe: `pay.localhost` gives
   * `http://pay.localhost:PORT/c/pay/…`. Defaults to the one that the session was made at.
   */
  checkoutHost?: string;
  /** SQLite file that holds the whole state; made where missing, survives restarts and crashes. `:memory:` keeps no file. */
  stateFile: string;
  /**
   * Addresses that every event is delivered to, as with `stripe listen --forward-to`. Defaults to none. After a restart with
   * others, what is pending for the first goes to the new first, and so on.
   */
  forwardTo?: string[];
  /** Signing secret of forwarded events. Defaults to a random one, created once per state file. */
  webhookSecret?: string;
  /** The time at which the clock starts where the state is new, past or future. Defaults to the machine's. */
  now?: Date;
  /**
   * Milliseconds until a bank debit settles or fails: the billing setting `bank_debit_ms` after a start and a reset.
   * Defaults to what the state file has, 10,000 in a new one.
   */
  bankDebitDelayMs?: number;
  /** Milliseconds until a pending refund succeeds, and until one of the card …5126 fails: `refund_failure_ms`, likewise. */
  refundFailureDelayMs?: number;
  /** Waits before each further delivery attempt, in ms; the last one repeats, for three days. Defaults to 1 s, growing to 1 h. */
  retryDelaysMs?: number[];
  /**
   * Takes parameters that Stripe has and the local Stripe has not, without effect; the log and the page name them.
   * Defaults to false: they are an error.
   */
  lenient?: boolean;
  /** Faults that are active after every start and reset. Defaults to none. */
  faults?: Fault[];
  /** A fixture file of the official Stripe CLI: its calls are made while the state is empty, and after a reset. */
  seedFile?: string;
  /** What `${.env:NAME}` in the fixture file refers to. Defaults to nothing. */
  seedEnvironment?: Readonly<Record<string, string | undefined>>;
  /** Also answers over TLS, under Stripe's own names. Defaults to not. */
  tls?: TlsOptions;
  /** Called with each log line. Defaults to no log. */
  log?: (line: string) => void;
}

export interface TlsOptions {
  /** Port to listen on; 0 picks a free one. Clients of api.stripe.com come to 443. */
  port: number;
  /** Folder that keeps the certificate and its key; made where missing. */
  folder: string;
}

/** The options with their defaults. */
export type Settings = Required<Omit<SandboxOptions, Unset>> &
  Pick<SandboxOptions, Unset> & {
    /** The billing settings that the options give. */
    billing: Partial<BillingSettings>;
  };

/** What has no default. */
type Unset =
  'bankDebitDelayMs' | 'checkoutHost' | 'host' | 'now' | 'refundFailureDelayMs' | 'seedFile' | 'tls' | 'webhookSecret';

export const settingsOf = (options: SandboxOptions): Settings => ({
  ...options,
  allowedHosts: options.allowedHosts ?? [],
  forwardTo: options.forwardTo ?? [],
  billing: {
    ...(options.bankDebitDelayMs !== undefined && { bank_debit_ms: options.bankDebitDelayMs }),
    ...(options.refundFailureDelayMs !== undefined && { refund_failure_ms: options.refundFailureDelayMs }),
  },
  retryDelaysMs: options.retryDelaysMs ?? DEFAULT_RETRY_DELAYS_MS,
  lenient: options.lenient ?? false,
  faults: options.faults ?? [],
  seedEnvironment: options.seedEnvironment ?? {},
  log: options.log ?? (() => undefined),
});
