import { readSettings } from '../state/settings.js';
import { nowMs, unixNow } from '../model/clock.js';
import { newId, randomText } from '../model/ids.js';
import type { Tx } from '../state/store.js';
import type { Task } from '../state/timers.js';
import type { Charge, Refund } from '../model/wire.js';
import { bookRefund } from './bookings.js';
import { closeInquiries } from './disputes.js';
import { closeWarnings } from './early-fraud-warnings.js';

/** How a refund ends: at once, failed after it succeeded, pending first, or waiting for the customer's bank account. */
export type RefundCourse = 'succeeds' | 'fails_later' | 'succeeds_later' | 'needs_customer';

/** The last four digits identify these test cards. */
const BY_LAST4: Record<string, RefundCourse> = { '5126': 'fails_later', '7726': 'succeeds_later' };

export function refundCourse({ payment_method_details: paidWith }: Charge): RefundCourse {
  switch (paidWith?.type) {
    case 'us_bank_account':
    case 'sepa_debit':
      return 'succeeds_later';
    case 'konbini':
      return 'needs_customer';
    default:
      return BY_LAST4[paidWith?.card?.last4 ?? ''] ?? 'succeeds';
  }
}

export interface RefundRequest {
  amount: number;
  reason: Refund['reason'];
  metadata: Record<string, string>;
  /** The customer is asked for a bank account where the payment method cannot be refunded to. */
  instructions_email?: string;
}

/** What happens to it after the setting `refund_failure_ms`. */
const ENDINGS: Partial<Record<RefundCourse, Task>> = { fails_later: 'fail_refund', succeeds_later: 'settle_refund' };

/** Refunds part or all of a charge. The caller checks the amount. */
export async function refund(tx: Tx, charge: Charge, request: RefundRequest): Promise<Refund> {
  const course = refundCourse(charge);
  const started = newRefund(charge, request, course);
  const { id: balance_transaction } = await bookRefund(tx, charge, started);
  const made: Refund = { ...started, balance_transaction };
  const refunded = withRefunded(charge, charge.amount_refunded + request.amount);
  await tx.objects.insert(made);
  await tx.objects.save(refunded);
  const ending = ENDINGS[course];
  if (ending) await tx.timers.set(ending, made.id, nowMs() + (await readSettings(tx)).refund_failure_ms);
  await tx.events.record('refund.created', made);
  await tx.events.record('charge.refunded', refunded, charge);
  if (refunded.refunded) {
    await closeInquiries(tx, charge.id);
    await closeWarnings(tx, charge.id);
  }
  return made;
}

export const withRefunded = (charge: Charge, amount: number): Charge => ({
  ...charge,
  amount_refunded: amount,
  refunded: amount === charge.amount,
});

export function newRefund(charge: Charge, request: RefundRequest, course: RefundCourse): Refund {
  return {
    id: newId('refund'),
    object: 'refund',
    ...request,
    balance_transaction: null,
    charge: charge.id,
    created: unixNow(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    ...(charge.payment_method_details?.card && { destination_details: cardDestination() }),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    ...presentedPart(charge, request.amount),
    receipt_number: null,
    source_transfer_reversal: null,
    ...STARTS[course],
    ...(course === 'needs_customer' && { next_action: askCustomer(charge, request) }),
    transfer_reversal: null,
  };
}

/** The refunded part of what the customer was shown in their own currency, rounded to its minor unit. */
function presentedPart({ amount, presentment_details }: Charge, part: number): Pick<Refund, 'presentment_details'> {
  if (!presentment_details) return {};
  const { presentment_amount: whole, presentment_currency } = presentment_details;
  return { presentment_details: { presentment_amount: Math.round((whole * part) / amount), presentment_currency } };
}

const DAY_S = 24 * 60 * 60;
const ANSWER_WITHIN_DAYS = 45;

/** The customer is mailed a link to a form for their bank account. */
function askCustomer({ billing_details }: Charge, { instructions_email }: RefundRequest): Refund['next_action'] {
  const now = unixNow();
  return {
    type: 'display_details',
    display_details: {
      email_sent: { email_sent_at: now, email_sent_to: instructions_email ?? billing_details.email ?? '' },
      expires_at: now + ANSWER_WITHIN_DAYS * DAY_S,
    },
  };
}

const STARTS: Record<RefundCourse, Pick<Refund, 'status' | 'pending_reason'>> = {
  succeeds: { status: 'succeeded' },
  fails_later: { status: 'succeeded' },
  succeeds_later: { pending_reason: 'processing', status: 'pending' },
  needs_customer: { status: 'requires_action' },
};

const cardDestination = (): Refund['destination_details'] => ({
  type: 'card',
  card: {
    reference: randomText(12),
    reference_status: 'available',
    reference_type: 'acquirer_reference_number',
    type: 'refund',
  },
});
