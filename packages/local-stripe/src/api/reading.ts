import type { Tx } from '../state/store.js';
import { endpoint, type Endpoint } from '../conventions/endpoint.js';
import { shape } from '../conventions/params/index.js';
import { noSuch } from '../conventions/errors.js';
import type { Kind, Kinds } from '../model/wire.js';

/** The `param` of a 404, by kind: `id` where it is not here, none for a Checkout Session. */
const ID_PARAMS: Partial<Record<Kind, string>> = {
  dispute: 'dispute',
  payment_intent: 'intent',
  payment_link: 'payment_link',
  payment_method: 'payment_method',
  price: 'price',
  refund: 'refund',
  setup_intent: 'intent',
  webhook_endpoint: 'webhook_endpoint',
};

/** The object that the path names, or 404. */
export async function findOr404<K extends Kind>({ objects }: Tx, kind: K, id: string): Promise<Kinds[K]> {
  const object = await objects.find(kind, id);
  if (!object) throw noSuch(kind, id, kind === 'checkout.session' ? undefined : (ID_PARAMS[kind] ?? 'id'), 404);
  return object;
}

/** GET one by its id. */
export const retrieving = (kind: Kind): Endpoint => endpoint(shape({}), ({ tx, id }) => findOr404(tx, kind, id));

/** The answer to a deletion. */
export interface Deleted {
  id: string;
  object: Kind;
  deleted: true;
}

/** DELETE one by its id. `last` runs before the row is removed, in the same transaction. */
export const deleting = <K extends Kind>(
  kind: K,
  last: (tx: Tx, object: Kinds[K]) => Promise<void> = async () => undefined,
): Endpoint =>
  endpoint(shape({}), async ({ tx, id }): Promise<Deleted> => {
    await last(tx, await findOr404(tx, kind, id));
    await tx.objects.remove(id);
    return { id, object: kind, deleted: true };
  });
