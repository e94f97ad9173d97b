import { catalogOfTheYear } from './catalog.js';
import type { ShopOfTheYear } from './shop-of-the-year.js';
import type { StripeObject } from './stripe-history.js';

/** An object of Stripe's whose rows are not what it says. */
export interface Flaw {
  /** Stripe's id. */
  id: string;
  /** What it is here, and at Stripe. */
  what: string;
}

type Row = Record<string, string | number | null>;
type Fields = Record<string, string | number | boolean | null | undefined>;

interface Subscription extends StripeObject {
  status: string;
  items: { data: { quantity: number; current_period_end: number; price: { lookup_key: string | null } }[] };
}

/** Compares every object of Stripe's with the rows here, by what a person would expect; shares no code with `reconcile`. */
export async function auditRows(shop: ShopOfTheYear): Promise<Flaw[]> {
  return [
    ...(await auditSubscriptions(shop)),
    ...(await auditInvoices(shop)),
    ...(await auditPayments(shop)),
    ...(await auditDisputes(shop)),
  ];
}

/** The same for subscriptions alone: what they are here and at Stripe at this moment. */
export async function auditSubscriptions(shop: ShopOfTheYear): Promise<Flaw[]> {
  const rows = await byId(shop, 'SELECT * FROM subscriptions');
  const items = await byId(shop, 'SELECT * FROM subscription_items', 'subscription_id');
  return (await shop.all<Subscription>('/v1/subscriptions?status=all')).flatMap((real) => {
    const [item] = real.items.data;
    const row = rows.get(real.id);
    const itemRow = items.get(real.id);
    const here = row && {
      status: row.status,
      cancelAt: row.cancel_at,
      cancelAtPeriodEnd: row.cancel_at_period_end === 1,
      endedAt: row.ended_at,
      trialEnd: row.trial_end,
      latestInvoice: row.latest_invoice_id,
      periodEnd: itemRow?.current_period_end,
      quantity: itemRow?.quantity,
      plan: itemRow?.plan_key,
    };
    return flawOf(real.id, here, {
      status: real.status,
      cancelAt: ms(real.cancel_at),
      cancelAtPeriodEnd: real.cancel_at_period_end === true,
      endedAt: ms(real.ended_at),
      trialEnd: ms(real.trial_end),
      latestInvoice: String(real.latest_invoice),
      periodEnd: ms(item?.current_period_end),
      quantity: item?.quantity,
      plan: catalogOfTheYear.find(({ lookupKey }) => lookupKey === item?.price.lookup_key)?.lookupKey,
    });
  });
}

async function auditInvoices(shop: ShopOfTheYear): Promise<Flaw[]> {
  const rows = await byId(shop, 'SELECT * FROM invoices');
  const payments = await byId(shop, "SELECT * FROM payments WHERE kind = 'invoice'", 'invoice_id');
  return (await shop.all<StripeObject>('/v1/invoices?')).flatMap((real) => {
    const row = rows.get(real.id);
    const payment = payments.get(real.id);
    const here = row && {
      status: row.status,
      total: row.total,
      due: row.amount_due,
      paid: row.amount_paid,
      attempts: row.attempt_count,
      paidAt: row.paid_at,
      payment: payment?.requested_amount ?? 0,
    };
    const moments = real.status_transitions as Record<string, number | null>;
    return flawOf(real.id, here, {
      status: String(real.status),
      total: Number(real.total),
      due: Number(real.amount_due),
      paid: Number(real.amount_paid),
      attempts: Number(real.attempt_count),
      paidAt: ms(moments.paid_at),
      payment: real.status === 'paid' ? Number(real.amount_paid) : 0,
    });
  });
}

/** What was captured and returned of each Payment Intent. */
async function auditPayments(shop: ShopOfTheYear): Promise<Flaw[]> {
  const rows = await byId(shop, 'SELECT * FROM payments', 'payment_intent_id');
  const charges = await shop.all<StripeObject>('/v1/charges?');
  return charges
    .filter(({ captured, status }) => captured === true && status === 'succeeded')
    .flatMap((charge) => {
      const row = rows.get(String(charge.payment_intent));
      const here = row && { amount: row.amount, refunded: row.amount_refunded };
      return flawOf(String(charge.payment_intent), here, {
        amount: Number(charge.amount_captured),
        refunded: Number(charge.amount_refunded),
      });
    });
}

async function auditDisputes(shop: ShopOfTheYear): Promise<Flaw[]> {
  const rows = await byId(shop, 'SELECT * FROM disputes');
  return (await shop.all<StripeObject>('/v1/disputes?')).flatMap((real) => {
    const row = rows.get(real.id);
    const here = row && { status: row.status, amount: row.amount };
    return flawOf(real.id, here, { status: String(real.status), amount: Number(real.amount) });
  });
}

/** What the payments say that was taken, returned and disputed, and the same by Stripe's balance. Minor units. */
export async function auditMoney(shop: ShopOfTheYear): Promise<{ here: object; atStripe: object; balance: number[] }> {
  const kept = "status NOT IN ('pending', 'processing', 'failed', 'expired', 'authorized')";
  const [sums] = await shop.database.rows<Row>(
    `SELECT sum(amount) AS charged, sum(amount_refunded) AS refunded FROM payments WHERE ${kept}`,
  );
  const [taken] = await shop.database.rows<Row>(
    "SELECT sum(amount) AS disputed FROM disputes WHERE status IN ('needs_response', 'under_review', 'lost')",
  );
  interface Booking extends StripeObject {
    type: string;
    amount: number;
    fee: number;
    net: number;
  }
  const bookings = await shop.all<Booking>('/v1/balance_transactions?');
  const sumOf = (...types: string[]) =>
    bookings.filter(({ type }) => types.includes(type)).reduce((sum, { amount }) => sum + amount, 0);
  const balance = await shop.ask<Record<'available' | 'pending', { amount: number }[]>>('/v1/balance');
  return {
    here: {
      charged: Number(sums?.charged),
      refunded: Number(sums?.refunded),
      disputed: Number(taken?.disputed),
    },
    atStripe: {
      charged: sumOf('charge', 'payment'),
      refunded: -sumOf('refund', 'payment_refund', 'refund_failure', 'payment_failure_refund') + 0,
      disputed: -sumOf('adjustment') + 0,
    },
    balance: [
      bookings.reduce((sum, { net }) => sum + net, 0),
      [...balance.available, ...balance.pending].reduce((sum, { amount }) => sum + amount, 0),
    ],
  };
}

/** What is wrong with the record that the test's handler kept of grants and revocations. */
export async function auditRecorded({ database }: Pick<ShopOfTheYear, 'database'>): Promise<string[]> {
  const order = 'ORDER BY owner_id, feature, seq, change';
  const recorded = await database.rows<Row>(`SELECT owner_id, feature, change, seq, at FROM recorded ${order}`);
  const stored = await database.rows<Row>(
    `SELECT owner_id, feature, change, seq, at FROM entitlement_changes ${order}`,
  );
  const flaws: string[] = [];
  if (JSON.stringify(recorded) !== JSON.stringify(stored))
    flaws.push(`the handler ran for ${recorded.length} changes, ${stored.length} are stored`);
  for (const [place, { owner_id: owner, feature, change, seq }] of recorded.entries()) {
    const before = recorded[place - 1];
    const isFirst = before?.owner_id !== owner || before?.feature !== feature;
    const isNext = isFirst ? seq === 1 && change === 'granted' : seq === Number(before?.seq) + 1;
    if (!isNext || (!isFirst && change === before?.change))
      flaws.push(`${owner} ${feature} ${change} ${seq} follows ${isFirst ? 'nothing' : before?.change}`);
  }
  return flaws;
}

async function byId({ database }: ShopOfTheYear, sql: string, key = 'id'): Promise<Map<string, Row>> {
  return new Map((await database.rows<Row>(sql)).map((row) => [String(row[key]), row]));
}

function flawOf(id: string, here: Fields | undefined, real: Fields): Flaw[] {
  if (!here) return [{ id, what: 'is not here' }];
  const different = Object.keys(real).filter((key) => plain(here[key]) !== plain(real[key]));
  if (different.length === 0) return [];
  return [{ id, what: different.map((key) => `${key} is ${plain(here[key])}, not ${plain(real[key])}`).join('; ') }];
}

const plain = (value: unknown): string => String(value ?? null);
const ms = (seconds: unknown): number | null => (typeof seconds === 'number' ? seconds * 1_000 : null);
