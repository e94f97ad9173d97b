import type { Tx } from '../ledger.js';
import { invalidRequest, noSuch } from '../manners/refusals.js';
import type { Charge } from '../wire.js';

/** The captured charge that has this id, or belongs to the Payment Intent of this id; refuses others. */
export async function paidCharge({ objects }: Tx, id: string): Promise<Charge> {
  const intent = await objects.find('payment_intent', id);
  const charge = await objects.find('charge', intent ? (intent.latest_charge ?? '') : id);
  if (!charge) throw noSuch('payment', id, 'id', 404);
  if (!charge.captured) throw invalidRequest(`${charge.id} is not paid`, 'id');
  return charge;
}
