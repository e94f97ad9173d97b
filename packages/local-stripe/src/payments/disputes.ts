import type { Tx } from '../state/store.js';
import type { Charge, Dispute } from '../model/wire.js';
import { bookWithdrawal } from './bookings.js';
import { closeWarnings } from './early-fraud-warnings.js';
import { newDispute, type DisputeDetails } from './new-dispute.js';

/** More disputes than a charge has. */
export const MOST = 100;

/** Opens a dispute and withdraws its amount, unless its kind moves no money. */
export async function raiseDispute(tx: Tx, charge: Charge, details: DisputeDetails): Promise<Dispute> {
  const raised = newDispute(charge, details);
  const { kind } = details;
  const takesMoney = kind === 'chargeback' || kind === 'resolution';
  const dispute = takesMoney ? await withMoneyTaken(tx, raised) : raised;
  await tx.objects.insert(dispute);
  await tx.objects.save({ ...charge, disputed: true });
  const { due_by: dueBy } = dispute.evidence_details;
  if (dueBy !== null) await tx.timers.set('dispute_deadline', dispute.id, dueBy * 1000);
  await tx.events.record('charge.dispute.created', dispute);
  if (takesMoney) await tx.events.record('charge.dispute.funds_withdrawn', dispute);
  await closeWarnings(tx, charge.id);
  if (dispute.status === 'prevented') await tx.events.record('charge.dispute.closed', dispute);
  return dispute;
}

export const withMoneyTaken = async (tx: Tx, dispute: Dispute): Promise<Dispute> => ({
  ...dispute,
  balance_transactions: [...dispute.balance_transactions, await bookWithdrawal(tx, dispute)],
});

/** Whether evidence can still be submitted. */
export const isOpen = ({ status }: Dispute): boolean =>
  ['needs_response', 'under_review', 'warning_needs_response', 'warning_under_review'].includes(status);

export const isInquiry = ({ status }: Dispute): boolean => status.startsWith('warning_');

/** A full refund closes inquiries. */
export async function closeInquiries(tx: Tx, charge: string): Promise<void> {
  for (const dispute of await tx.objects.list('dispute', { limit: MOST, where: { charge } })) {
    if (isInquiry(dispute) && isOpen(dispute)) await endDispute(tx, dispute);
  }
}

/** Closes a dispute as lost; an inquiry as `warning_closed`. */
export async function endDispute(tx: Tx, dispute: Dispute, before: Dispute = dispute): Promise<Dispute> {
  const ended: Dispute = { ...dispute, status: isInquiry(dispute) ? 'warning_closed' : 'lost' };
  await tx.objects.save(ended);
  await tx.events.record('charge.dispute.closed', ended, before);
  return ended;
}

/** The disputed amount of a charge that was not returned, in minor units of the charge's currency. */
export async function disputedAmount({ objects }: Tx, { id, currency }: Charge): Promise<number> {
  const disputes = await objects.list('dispute', { limit: MOST, where: { charge: id } });
  return disputes
    .filter((dispute) => dispute.currency === currency && dispute.balance_transactions.length === 1)
    .reduce((sum, { amount }) => sum + amount, 0);
}
