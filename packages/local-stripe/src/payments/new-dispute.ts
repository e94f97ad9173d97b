import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { Charge, Dispute } from '../model/wire.js';
import { NO_EVIDENCE } from './dispute-evidence.js';

const DAY_S = 24 * 60 * 60;
const ANSWER_WITHIN_DAYS = 7;

export const DISPUTE_KINDS = ['chargeback', 'inquiry', 'resolution', 'block'] as const;

/** Visa's code for each reason. */
const NETWORK_CODES = {
  credit_not_processed: '13.7',
  duplicate: '12.6.1',
  fraudulent: '10.4',
  general: '12.6.1',
  product_not_received: '13.1',
  product_unacceptable: '13.3',
  subscription_canceled: '13.2',
  unrecognized: '10.4',
};

export type DisputeReason = keyof typeof NETWORK_CODES;

export const DISPUTE_REASONS = Object.keys(NETWORK_CODES) as DisputeReason[];

/** The parameters of a dispute. */
export interface DisputeDetails {
  /** `resolution` withdraws the money and is closed at once; `inquiry` and `block` move none. */
  kind: (typeof DISPUTE_KINDS)[number];
  reason: DisputeReason;
  /** Minor units. Defaults to the captured amount. */
  amount?: number;
  /** Defaults to the charge's. */
  currency?: string;
  /** Whether the rest of the charge can be refunded. Defaults to false where money was withdrawn. */
  refundable?: boolean;
}

export function newDispute(charge: Charge, details: DisputeDetails): Dispute {
  const { kind, reason } = details;
  const created = unixNow();
  const brand = charge.payment_method_details?.card?.brand ?? 'visa';
  const movesNothing = kind === 'inquiry' || kind === 'block';
  const over = kind === 'resolution' || kind === 'block';
  return {
    id: newId('dispute'),
    object: 'dispute',
    amount: details.amount ?? charge.amount_captured,
    balance_transactions: [],
    charge: charge.id,
    created,
    currency: details.currency ?? charge.currency,
    enhanced_eligibility_types: [],
    evidence: {
      ...NO_EVIDENCE,
      customer_email_address: charge.billing_details.email,
      customer_name: charge.billing_details.name,
    },
    evidence_details: {
      due_by: over ? null : created + ANSWER_WITHIN_DAYS * DAY_S,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: details.refundable ?? movesNothing,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      type: 'card',
      card: { brand, case_type: kind, network: brand, network_reason_code: NETWORK_CODES[reason] },
    },
    reason,
    status: over ? 'prevented' : kind === 'inquiry' ? 'warning_needs_response' : 'needs_response',
  };
}
