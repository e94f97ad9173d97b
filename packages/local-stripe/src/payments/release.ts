import type { Tx } from '../ledger.js';
import type { Charge, Refund } from '../wire.js';
import { newRefund, withRefunded } from './refunds.js';

/** What was reserved on a card and not captured, or a part of it, counts as refunded from now on; no money moves. */
export async function release(
  tx: Tx,
  charge: Charge,
  amount: number,
  reason: Refund['reason'] = null,
): Promise<{ charge: Charge; refund: Refund }> {
  const refund = newRefund(charge, { amount, metadata: {}, reason }, 'succeeds');
  const released = withRefunded(charge, charge.amount_refunded + amount);
  await tx.objects.insert(refund);
  await tx.objects.save(released);
  return { charge: released, refund };
}
