import type { Fault } from './faults/fault.js';
import { DEFAULT_RETRY_DELAYS_MS } from './events/retries.js';

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
  /** SQLite file that holds the whole state; made where missing, survives restarts and crashes. */
  stateFile: string;
  /** Where events are delivered; left out, none are. After a restart with another address, what is pending goes there. */
  webhookUrl?: string;
  /** What deliveries are signed with. Defaults to one made at random, once for each state file. */
  webhookSecret?: string;
  /** Milliseconds until a bank debit settles or fails. Defaults to 10,000. */
  bankDebitDelayMs?: number;
  /** Milliseconds until a refund of the card …5126, which first succeeds, fails. Defaults to 10,000. */
  refundFailureDelayMs?: number;
  /** Waits before each further delivery attempt, in ms; the last one repeats, for three days. Defaults to 1 s, growing to 1 h. */
  retryDelaysMs?: number[];
  /** What goes wrong from the start, after every start. Defaults to nothing. */
  faults?: Fault[];
  /** Told what happens, a line at a time. Defaults to silence. */
  log?: (line: string) => void;
}

/** The options with their defaults. */
export type Settings = Required<Omit<SandboxOptions, Unset>> & Pick<SandboxOptions, Unset>;

/** What has no default. */
type Unset = 'host' | 'checkoutHost' | 'webhookUrl' | 'webhookSecret';

export const settingsOf = (options: SandboxOptions): Settings => ({
  ...options,
  allowedHosts: options.allowedHosts ?? [],
  bankDebitDelayMs: options.bankDebitDelayMs ?? 10_000,
  refundFailureDelayMs: options.refundFailureDelayMs ?? 10_000,
  retryDelaysMs: options.retryDelaysMs ?? DEFAULT_RETRY_DELAYS_MS,
  faults: options.faults ?? [],
  log: options.log ?? (() => undefined),
});
