import type { Tx } from '../state/store.js';
import type { Dispute } from '../model/wire.js';
import { bookReinstatement } from './bookings.js';
import { verdictOn } from './dispute-evidence.js';
import { endDispute, isInquiry, isOpen, withMoneyTaken } from './disputes.js';
import { newDispute } from './new-dispute.js';

/** Decides a dispute by its evidence; without one of the documented texts it stays under review. */
export async function decideDispute(tx: Tx, id: string): Promise<void> {
  const dispute = await tx.objects.get('dispute', id);
  if (!isOpen(dispute)) return;
  const verdict = verdictOn(dispute.evidence);
  if (verdict === 'escalated') return escalate(tx, dispute);
  if (verdict === undefined) return;
  if (verdict === 'lost' || isInquiry(dispute)) return void (await endDispute(tx, dispute));

  const won: Dispute = {
    ...dispute,
    balance_transactions: [...dispute.balance_transactions, await bookReinstatement(tx, dispute)],
    status: 'won',
  };
  await tx.objects.save(won);
  await tx.events.record('charge.dispute.closed', won, dispute);
  await tx.events.record('charge.dispute.funds_reinstated', won);
}

/** Closes a dispute as lost whose deadline has passed without evidence. */
export async function missDeadline(tx: Tx, id: string): Promise<void> {
  const dispute = await tx.objects.get('dispute', id);
  if (dispute.status !== 'needs_response' && dispute.status !== 'warning_needs_response') return;
  const late = { ...dispute, evidence_details: { ...dispute.evidence_details, past_due: true } };
  await endDispute(tx, late, dispute);
}

/** Escalates an inquiry to a chargeback: a new deadline, and the amount is withdrawn. */
async function escalate(tx: Tx, dispute: Dispute): Promise<void> {
  if (!isInquiry(dispute)) return;
  const charge = await tx.objects.get('charge', dispute.charge);
  const { evidence_details, payment_method_details } = newDispute(charge, { kind: 'chargeback', reason: 'fraudulent' });
  const escalated = await withMoneyTaken(tx, {
    ...dispute,
    evidence_details,
    is_charge_refundable: false,
    payment_method_details,
    status: 'needs_response',
  });
  await tx.objects.save(escalated);
  await tx.timers.set('dispute_deadline', escalated.id, Number(evidence_details.due_by) * 1000);
  await tx.events.record('charge.dispute.updated', escalated, dispute);
  await tx.events.record('charge.dispute.funds_withdrawn', escalated);
}
