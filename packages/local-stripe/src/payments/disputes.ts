import type { Tx } from '../state/store.js';
import type { Charge, Dispute } from '../wire.js';
import { bookWithdrawal } from './bookings.js';
import { closeWarnings } from './early-fraud-warnings.js';
import { newDispute, type DisputeDetails } from './new-dispute.js';

/** More disputes than one charge ever has, and a bound. */
export const MOST = 100;

/** The customer's bank asks for evidence, or has settled the matter already; it takes the money back, unless the kind moves none. */
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

/** Whether the seller may still act on it. */
export const isOpen = ({ status }: Dispute): boolean =>
  ['needs_response', 'under_review', 'warning_needs_response', 'warning_under_review'].includes(status);

export const isInquiry = ({ status }: Dispute): boolean => status.startsWith('warning_');

/** Money given back in full answers an inquiry. */
export async function closeInquiries(tx: Tx, charge: string): Promise<void> {
  for (const dispute of await tx.objects.list('dispute', { limit: MOST, where: { charge } })) {
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

/** What banks have taken back of a charge and not returned, in its own currency and minor units. */
export async function disputedAmount({ objects }: Tx, { id, currency }: Charge): Promise<number> {
  const disputes = await objects.list('dispute', { limit: MOST, where: { charge: id } });
  return disputes
    .filter((dispute) => dispute.currency === currency && dispute.balance_transactions.length === 1)
    .reduce((sum, { amount }) => sum + amount, 0);
}
