import type { Tx } from '../ledger.js';
import type { Charge, Dispute } from '../wire.js';
import { bookWithdrawal } from './bookings.js';
import { newDispute, type Complaint } from './new-dispute.js';
import { behaviourOf } from './test-cards.js';

/** Paid with a card whose owner complains at once? Then so. */
export async function raiseDisputeOf(tx: Tx, { id, payment_method }: Charge): Promise<void> {
  const { testCard = '' } = await tx.objects.notes('payment_method', payment_method ?? '');
  const behaviour = behaviourOf(testCard);
  if (behaviour.does === 'dispute') await raiseDispute(tx, await tx.objects.get('charge', id), behaviour.complaint);
}

/** The customer's bank asks for evidence; unless it is an inquiry, it also takes the money back. */
export async function raiseDispute(tx: Tx, charge: Charge, complaint: Complaint): Promise<Dispute> {
  const dispute = newDispute(charge, complaint);
  await tx.objects.insert(dispute);
  await tx.objects.save({ ...charge, disputed: true });
  await tx.timers.set('dispute_deadline', dispute.id, Number(dispute.evidence_details.due_by) * 1000);
  if (complaint.kind === 'inquiry') {
    await tx.events.record('charge.dispute.created', dispute);
    return dispute;
  }
  const withdrawn = await withMoneyTaken(tx, dispute);
  await tx.objects.save(withdrawn);
  await tx.events.record('charge.dispute.created', withdrawn);
  await tx.events.record('charge.dispute.funds_withdrawn', withdrawn);
  return withdrawn;
}

export const withMoneyTaken = async (tx: Tx, dispute: Dispute): Promise<Dispute> => ({
  ...dispute,
  balance_transactions: [...dispute.balance_transactions, await bookWithdrawal(tx, dispute)],
});

/** Whether the seller may still act on it. */
export const isOpen = ({ status }: Dispute): boolean =>
  ['needs_response', 'under_review', 'warning_needs_response', 'warning_under_review'].includes(status);

export const isInquiry = ({ status }: Dispute): boolean => status.startsWith('warning_');

/** Money given back in full answers an inquiry. */
export async function closeInquiries(tx: Tx, charge: string): Promise<void> {
  for (const dispute of await tx.objects.list('dispute', { limit: 10, where: { charge } })) {
    if (isInquiry(dispute) && isOpen(dispute)) await endDispute(tx, dispute);
  }
}

/** Over, in the customer's favour; an inquiry just ends, since it moved no money. */
export async function endDispute(tx: Tx, dispute: Dispute): Promise<Dispute> {
  const ended: Dispute = { ...dispute, status: isInquiry(dispute) ? 'warning_closed' : 'lost' };
  await tx.objects.save(ended);
  await tx.events.record('charge.dispute.closed', ended);
  return ended;
}
