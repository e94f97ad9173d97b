import { unixNow } from '../model/clock.js';
import type { Tx } from '../state/store.js';

interface Sum {
  currency: string;
  available: number;
  pending: number;
}

/** The sums of all balance transactions by currency, in minor units: from an index, without reading their JSON. */
async function sums({ database, objects }: Tx): Promise<Sum[]> {
  await objects.write('balance_transaction');
  const own = await objects.accounts.condition();
  return database.all<Sum>(
    `SELECT json ->> '$.currency' AS currency,
            sum(CASE WHEN json ->> '$.available_on' <= ?1 THEN json ->> '$.net' ELSE 0 END) AS available,
            sum(CASE WHEN json ->> '$.available_on' <= ?1 THEN 0 ELSE json ->> '$.net' END) AS pending
       FROM objects INDEXED BY balance_sums WHERE object = 'balance_transaction' AND ${own.sql} GROUP BY currency ORDER BY currency`,
    unixNow(),
    ...own.values,
  );
}

/** Stripe's balance object: what can be paid out, and what cannot yet. */
export async function balanceOf(tx: Tx) {
  const found = await sums(tx);
  const all = found.length > 0 ? found : [{ currency: 'usd', available: 0, pending: 0 }];
  const part = (of: 'available' | 'pending') =>
    all.map((sum) => ({ amount: sum[of], currency: sum.currency, source_types: { card: sum[of] } }));
  return {
    object: 'balance' as const,
    available: part('available'),
    connect_reserved: all.map(({ currency }) => ({ amount: 0, currency })),
    instant_available: part('available'),
    issuing: { available: all.map(({ currency }) => ({ amount: 0, currency })) },
    livemode: false as const,
    pending: part('pending'),
  };
}
