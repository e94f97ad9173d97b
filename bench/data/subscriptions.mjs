import { insertMany } from './insert-many.mjs';

/** A plan of the demo catalog, which has the feature `pro`. */
const PLAN = 'nest_stripe_billing_pro_monthly';
const DAY_MS = 86_400_000;

export const ownerOf = (number) => ({ type: 'user', id: `owner-${number}` });

/**
 * Adds active subscriptions, each of an owner of its own who has what it gives, and with an invoice; every tenth invoice is open. `due` of them end at `first`, as many `everyMs` later,
 * and so on for all rounds; of the others every second one ends in a month.
 */
export async function addSubscriptions(database, count, { first, due, rounds, everyMs }) {
  const begun = first - 20 * DAY_MS;
  const endOf = (number) => {
    const round = Math.floor(number / due);
    if (round < rounds) return first + round * everyMs;
    return number % 2 ? first + 30 * DAY_MS : null;
  };
  const reasonOf = (number) => (endOf(number) ? `ending ${new Date(endOf(number)).toISOString()}` : 'active');
  await insertMany(
    database,
    `subscriptions (id, stripe_customer_id, owner_type, owner_id, plan_group, created_at, first_paid_at, stripe_status, provisional,
      snapshot_at, version, cancel_at, status, access, access_until, access_reason, changes_at, learned_at)`,
    count,
    (nth) => {
      const [{ type, id }, end] = [ownerOf(nth), endOf(nth)];
      const known = [`sub_bench${nth}`, `cus_bench${nth}`, type, id, 'main', begun, begun, 'active', 0, begun, 1, end];
      return [...known, 'active', 1, end, reasonOf(nth), end, begun];
    },
  );
  await insertMany(
    database,
    `subscription_items (id, subscription_id, position, plan_key, price_id, product_id, quantity, currency, recurring_interval, interval_count)`,
    count,
    (nth) => [`si_bench${nth}`, `sub_bench${nth}`, 0, PLAN, 'price_1', 'prod_1', 1, 'usd', 'month', 1],
  );
  const historyColumns = 'subscription_id, seq, to_status, cause, at, learned_at';
  await insertMany(database, `subscription_history (${historyColumns})`, count, (nth) => {
    return [`sub_bench${nth}`, 1, 'active', 'bench', begun, begun];
  });
  await insertMany(
    database,
    `invoices (id, stripe_customer_id, subscription_id, currency, subtotal, total, amount_due, amount_paid, amount_remaining,
      stripe_status, provisional, snapshot_at, status, created_at, learned_at)`,
    count,
    (nth) => {
      const [status, paid] = nth % 10 ? ['paid', 1500] : ['open', 0];
      const known = [
        `in_bench${nth}`,
        `cus_bench${nth}`,
        `sub_bench${nth}`,
        'usd',
        1500,
        1500,
        1500,
        paid,
        1500 - paid,
      ];
      return [...known, status, 0, begun, status, begun, begun];
    },
  );
  await insertMany(
    database,
    'entitlements (owner_type, owner_id, feature, subscription_id, granted, until_at, reason, seq)',
    count,
    (nth) => {
      const { type, id } = ownerOf(nth);
      return [type, id, 'pro', `sub_bench${nth}`, 1, endOf(nth), reasonOf(nth), 1];
    },
  );
  await insertMany(
    database,
    'entitlement_changes (owner_type, owner_id, feature, seq, change, subscription_id, cause, at, learned_at)',
    count,
    (nth) => [ownerOf(nth).type, ownerOf(nth).id, 'pro', 1, 'granted', `sub_bench${nth}`, 'bench', begun, begun],
  );
}
