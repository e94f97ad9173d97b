import type { Dispute } from '../model/wire.js';

/** Text fields of the evidence. */
export const EVIDENCE_TEXTS = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_tracking_number',
  'uncategorized_text',
] as const;

/** File fields of the evidence; there are no uploads here. */
export const EVIDENCE_FILES = [
  'cancellation_policy',
  'customer_communication',
  'customer_signature',
  'duplicate_charge_documentation',
  'receipt',
  'refund_policy',
  'service_documentation',
  'shipping_documentation',
  'uncategorized_file',
] as const;

type EvidenceField = (typeof EVIDENCE_TEXTS)[number] | (typeof EVIDENCE_FILES)[number];

const nothing = Object.fromEntries([...EVIDENCE_TEXTS, ...EVIDENCE_FILES].map((field) => [field, null])) as Record<
  EvidenceField,
  null
>;

export const NO_EVIDENCE: Dispute['evidence'] = { ...nothing, enhanced_evidence: {} };

export type Verdict = 'won' | 'lost' | 'escalated' | undefined;

/** The decision, by the texts that Stripe documents for tests; undefined leaves the dispute under review. */
export function verdictOn({ uncategorized_text: text }: Dispute['evidence']): Verdict {
  switch (text) {
    case 'winning_evidence':
      return 'won';
    case 'losing_evidence':
      return 'lost';
    case 'escalate_inquiry_evidence':
      return 'escalated';
    default:
      return undefined;
  }
}
