import { unixNow } from '../clock.js';
import { newId } from '../ids.js';
import type { Charge, Dispute } from '../wire.js';
import { NO_EVIDENCE } from './dispute-evidence.js';

const DAY_S = 24 * 60 * 60;
const ANSWER_WITHIN_DAYS = 7;

/** What the customer's bank wants to know, and whether it takes the money meanwhile. */
export interface Complaint {
  /** An inquiry is a question that moves no money. */
  kind: 'chargeback' | 'inquiry';
  reason: 'fraudulent' | 'product_not_received' | 'general';
}

const NETWORK_CODES: Record<Complaint['reason'], string> = {
  fraudulent: '10.4',
  general: '12.6.1',
  product_not_received: '13.1',
};

export function newDispute(charge: Charge, { kind, reason }: Complaint): Dispute {
  const created = unixNow();
  const brand = charge.payment_method_details?.card?.brand ?? 'visa';
  const inquiry = kind === 'inquiry';
  return {
    id: newId('dispute'),
    object: 'dispute',
    amount: charge.amount_captured,
    balance_transactions: [],
    charge: charge.id,
    created,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: {
      ...NO_EVIDENCE,
      customer_email_address: charge.billing_details.email,
      customer_name: charge.billing_details.name,
    },
    evidence_details: {
      due_by: created + ANSWER_WITHIN_DAYS * DAY_S,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      type: 'card',
      card: { brand, case_type: kind, network: brand, network_reason_code: NETWORK_CODES[reason] },
    },
    reason,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  };
}
