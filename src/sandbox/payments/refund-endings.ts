import type { Tx } from '../ledger.js';
import type { Refund } from '../wire.js';
import { bookFailedRefund } from './bookings.js';
import { withRefunded } from './refunds.js';

/** A refund that was on its way has arrived. */
export async function settleRefund(tx: Tx, refundId: string): Promise<void> {
  const before = await tx.objects.get('refund', refundId);
  if (before.status !== 'pending') return;
  const { pending_reason: _, ...settled } = before;
  await saveChanged(tx, before, { ...settled, status: 'succeeded' });
}

/** A refund that had succeeded comes back from the bank: the money is the seller's again. */
export async function failRefund(tx: Tx, refundId: string): Promise<void> {
  const before = await tx.objects.get('refund', refundId);
  const failed = await withMoneyBack(tx, {
    ...before,
    failure_reason: 'expired_or_canceled_card',
    ...(before.destination_details && { destination_details: { type: 'card', card: { type: 'refund' } } }),
    status: 'failed',
  });
  await saveChanged(tx, before, failed);
  await tx.events.record('refund.failed', failed);
}

/** A refund that waited for the customer is called off. */
export async function cancelRefund(tx: Tx, before: Refund): Promise<Refund> {
  const canceled = await withMoneyBack(tx, { ...before, failure_reason: 'merchant_request', status: 'canceled' });
  await saveChanged(tx, before, canceled);
  return canceled;
}

async function withMoneyBack(tx: Tx, refund: Refund): Promise<Refund> {
  const charge = await tx.objects.get('charge', refund.charge ?? '');
  const { id: failure_balance_transaction } = await bookFailedRefund(tx, charge, refund);
  await tx.objects.save(withRefunded(charge, charge.amount_refunded - refund.amount));
  return { ...refund, failure_balance_transaction };
}

async function saveChanged(tx: Tx, before: Refund, after: Refund): Promise<void> {
  await tx.objects.save(after);
  await tx.events.record('refund.updated', after, before);
  await tx.events.record('charge.refund.updated', after, before);
}
