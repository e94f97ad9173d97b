import type { Tx } from '../state/store.js';
import { noSuch } from '../conventions/errors.js';
import { loadSubscription, type Loaded } from '../billing/subscription-store.js';

/** The subscription that the path names, or 404. */
export async function loadOr404(tx: Tx, id: string, param = 'id'): Promise<Loaded> {
  const loaded = await loadSubscription({ tx }, id);
  if (!loaded) throw noSuch('subscription', id, param, 404);
  return loaded;
}
