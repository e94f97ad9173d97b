import type { Tx } from './store.js';

/**
 * How billing behaves where an account at Stripe has a setting, and how long what takes days there takes here: `GET` and
 * `POST /_sandbox/settings`.
 */
export interface BillingSettings {
  /** Days between the attempts to collect an invoice. */
  retry_days: number[];
  /** What becomes of the subscription after the last one. */
  after_retries: 'cancel' | 'unpaid' | 'past_due';
  /** Minutes that the invoice of a renewal stays a draft. */
  draft_minutes: number;
  /** Days before a period's end that `invoice.upcoming` is sent. */
  upcoming_days: number;
  /** Of subscriptions that do not say. */
  billing_mode: 'flexible' | 'classic';
  /** Whether Checkout sends a customer with a subscription to the portal. */
  one_subscription: boolean;
  /** What a dispute of a subscription's payment does to it. */
  after_dispute: 'nothing' | 'cancel';
  /** `shuffled`: the events of a change come in an order that `seed` decides. */
  event_order: 'stripe' | 'shuffled';
  seed: number;
  /** How long until a bank debit settles or fails, in ms. */
  bank_debit_ms: number;
  /** How long until a pending refund succeeds, and until one of the card …5126 fails, in ms. */
  refund_failure_ms: number;
}

export const DEFAULT_SETTINGS: BillingSettings = {
  retry_days: [3, 5, 7],
  after_retries: 'cancel',
  draft_minutes: 60,
  upcoming_days: 7,
  billing_mode: 'flexible',
  one_subscription: false,
  after_dispute: 'nothing',
  event_order: 'stripe',
  seed: 1,
  bank_debit_ms: 10_000,
  refund_failure_ms: 10_000,
};

const NAME = 'billing';

/** Read once per transaction. */
const known = new WeakMap<Tx, BillingSettings>();

export async function readSettings(tx: Tx): Promise<BillingSettings> {
  const earlier = known.get(tx);
  if (earlier) return earlier;
  const row = await tx.database.get<{ value: string }>('SELECT value FROM settings WHERE name = ?', NAME);
  const settings = { ...DEFAULT_SETTINGS, ...(row && (JSON.parse(row.value) as Partial<BillingSettings>)) };
  known.set(tx, settings);
  return settings;
}

/** Changes the settings that are named; an empty change stores nothing. */
export async function changeSettings(tx: Tx, change: Partial<BillingSettings>): Promise<BillingSettings> {
  if (Object.keys(change).length === 0) return readSettings(tx);
  const settings = { ...(await readSettings(tx)), ...change };
  known.set(tx, settings);
  await tx.database.run(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    NAME,
    JSON.stringify(settings),
  );
  return settings;
}
