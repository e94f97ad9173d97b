import type { DisputeStep } from './payment-scenario.js';
import type { ScenarioEvents } from './generate.js';

/** A dispute of a share of the payment, with its money. */
export function addDisputeEvents(events: ScenarioEvents, step: DisputeStep, nth: number): void {
  const { dispute: course, isBooked, isForeign, isChargeRefundable } = step;
  const amount = Math.max(Math.floor((events.scenario.amount * step.share) / 100), 1);
  const dueBy = events.now + 7 * 86_400;
  const first = { created: events.now };
  const booked: object[] = [];
  let caseType = course.startsWith('inquiry') ? 'inquiry' : 'chargeback';
  const is = (status: string) => ({
    id: `dp_${events.names.tag}_${nth}`,
    object: 'dispute',
    amount,
    currency: isForeign ? 'eur' : events.scenario.currency,
    payment_intent: events.intent,
    reason: status.startsWith('warning') ? 'general' : 'fraudulent',
    status,
    evidence_details: { due_by: status.endsWith('needs_response') ? dueBy : null },
    payment_method_details: { type: 'card', card: { case_type: caseType } },
    is_charge_refundable: isChargeRefundable,
    ...(isBooked && { balance_transactions: [...booked] }),
    metadata: {},
    ...first,
  });
  const open = (status: string) => events.add('charge.dispute.created', is(status));
  const close = (status: string) => events.add('charge.dispute.closed', is(status));
  const update = (status: string) => events.add('charge.dispute.updated', is(status));
  const money = (type: 'withdrawn' | 'reinstated', status: string, moved = amount) => {
    const sign = type === 'withdrawn' ? -1 : 1;
    booked.push({ amount: sign * moved, currency: events.scenario.currency, created: events.now, fee: 1500 });
    events.add(`charge.dispute.funds_${type}`, is(status));
  };
  /** A bank does not decide twice within a second. */
  const later = () => events.passSecond();

  switch (course) {
    case 'resolved before it was a dispute':
      caseType = 'resolution';
      open('prevented');
      money('withdrawn', 'prevented');
      return close('prevented');
    case 'blocked before it was a dispute':
      caseType = 'block';
      open('prevented');
      return close('prevented');
    case 'inquiry that took money':
      open('warning_needs_response');
      money('withdrawn', 'warning_needs_response');
      return close('warning_closed');
    case 'closed by a word that nobody knows':
    case 'reinstated under a word that nobody knows':
      open('needs_response');
      money('withdrawn', 'needs_response');
      later();
      if (course.startsWith('reinstated')) money('reinstated', 'settled');
      return close('settled');
  }

  const isInquiry = course.startsWith('inquiry');
  open(isInquiry ? 'warning_needs_response' : 'needs_response');
  if (course === 'inquiry, open') return;
  if (isInquiry) update('warning_under_review');
  if (course === 'inquiry, closed') return close('warning_closed');
  if (isInquiry) {
    caseType = 'chargeback';
    update('needs_response');
  }
  money('withdrawn', 'needs_response');
  if (course === 'open') return;
  update('under_review');
  if (course === 'under review') return;

  const outcome = course.startsWith('won') ? 'won' : 'lost';
  close(outcome);
  if (course === 'lost, and a part given back') money('reinstated', 'lost', Math.max(Math.floor(amount / 2), 1));
  if (outcome === 'won') money('reinstated', 'won');
  if (course === 'won, then lost') {
    later();
    close('lost');
  }
  if (course === 'won, and withdrawn again') {
    later();
    money('withdrawn', 'won');
  }
  if (course.startsWith('lost, appealed')) {
    later();
    update('appeal_needs_response');
    update('appeal_under_review');
    later();
    close(course.endsWith('won') ? 'won' : 'lost');
    if (course.endsWith('won')) money('reinstated', 'won');
  }
}
