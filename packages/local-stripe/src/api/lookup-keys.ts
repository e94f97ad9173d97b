import type { Tx } from '../ledger.js';
import { invalidRequest } from '../manners/refusals.js';

/** Makes a lookup key free for a price: it stands for one price at a time, and moves only where that is asked for. */
export async function claimLookupKey(tx: Tx, key: string, priceId: string, transfer: boolean): Promise<void> {
  const [holder] = await tx.objects.list('price', { limit: 1, where: { lookup_key: key } });
  if (!holder || holder.id === priceId) return;
  if (!transfer) throw invalidRequest(`A price (\`${holder.id}\`) already uses that lookup key.`, 'lookup_key');

  const bereft = { ...holder, lookup_key: null };
  await tx.objects.save(bereft);
  await tx.events.record('price.updated', bereft, holder);
}
