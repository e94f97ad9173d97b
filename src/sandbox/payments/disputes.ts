import { unixNow } from '../clock.js';
import { newId } from '../ids.js';
import type { Tx } from '../ledger.js';
import type { Charge, Dispute } from '../wire.js';

const DAY_S = 24 * 60 * 60;
const ANSWER_WITHIN_DAYS = 7;

/** The customer's bank takes the money back and asks for evidence. */
export async function raiseDispute(tx: Tx, charge: Charge): Promise<void> {
  const dispute = newDispute(charge);
  await tx.objects.insert(dispute);
  await tx.objects.save({ ...charge, disputed: true });
  await tx.events.record('charge.dispute.created', dispute);
  await tx.events.record('charge.dispute.funds_withdrawn', dispute);
}

function newDispute(charge: Charge): Dispute {
  const created = unixNow();
  const brand = charge.payment_method_details?.card?.brand ?? 'visa';
  return {
    id: newId('dispute'),
    object: 'dispute',
    amount: charge.amount,
    balance_transactions: [],
    charge: charge.id,
    created,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: { ...NO_EVIDENCE, customer_email_address: charge.billing_details.email },
    evidence_details: {
      due_by: created + ANSWER_WITHIN_DAYS * DAY_S,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      type: 'card',
      card: { brand, case_type: 'chargeback', network: brand, network_reason_code: '10.4' },
    },
    reason: 'fraudulent',
    status: 'needs_response',
  };
}

const NO_EVIDENCE: Dispute['evidence'] = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};
