import type { Tx } from '../state/store.js';
import type { Refund } from '../model/wire.js';
import { bookFailedRefund } from './bookings.js';
import { withRefunded } from './refunds.js';

const OPEN_STATUSES = ['requires_action', 'pending', 'succeeded'] as const;
export const REFUND_STATUSES = [...OPEN_STATUSES, 'failed', 'canceled'] as const;

/** Whether the refund can still change. */
export const isOpenRefund = ({ status }: Refund): boolean => OPEN_STATUSES.some((open) => open === status);

/** Settles a pending refund. */
export async function settleRefund(tx: Tx, refundId: string): Promise<void> {
  const before = await tx.objects.get('refund', refundId);
  if (before.status === 'pending') await moveRefund(tx, before, 'succeeded');
}

/** Fails a refund after it succeeded; does nothing where it has ended otherwise. */
export async function failRefundLater(tx: Tx, refundId: string): Promise<void> {
  const refund = await tx.objects.get('refund', refundId);
  if (isOpenRefund(refund)) await failRefund(tx, refund, 'expired_or_canceled_card');
}

/** Moves a refund to another open status. */
export async function moveRefund(tx: Tx, before: Refund, status: (typeof OPEN_STATUSES)[number]): Promise<Refund> {
  const { pending_reason: _, ...rest } = before;
  const moved: Refund = { ...rest, status, ...(status === 'pending' && { pending_reason: 'processing' }) };
  await saveChanged(tx, before, moved);
  return moved;
}

/** Fails a refund; its amount returns to the balance. */
export async function failRefund(tx: Tx, before: Refund, reason: string): Promise<Refund> {
  const failed = await withMoneyBack(tx, {
    ...before,
    failure_reason: reason,
    ...(before.destination_details && { destination_details: { type: 'card', card: { type: 'refund' } } }),
    status: 'failed',
  });
  await saveChanged(tx, before, failed);
  await tx.events.record('refund.failed', failed);
  return failed;
}

/** Cancels a refund that waits for the customer. */
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
