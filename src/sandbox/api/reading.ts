import type { Tx } from '../ledger.js';
import { endpoint, type Endpoint } from '../manners/endpoint.js';
import { shape } from '../manners/params/index.js';
import { noSuch } from '../manners/refusals.js';
import type { Kind, Kinds } from '../wire.js';

/** The object that the path names, or 404. */
export async function theOne<K extends Kind>({ objects }: Tx, kind: K, id: string): Promise<Kinds[K]> {
  const object = await objects.find(kind, id);
  if (!object) throw noSuch(kind, id, 'id', 404);
  return object;
}

/** GET one by its id. */
export const retrieving = (kind: Kind): Endpoint => endpoint(shape({}), ({ tx, id }) => theOne(tx, kind, id));
