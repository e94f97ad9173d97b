import { unixNow } from '../clock.js';
import { newId, randomText } from '../ids.js';
import type { Tx } from '../ledger.js';
import type { Charge, Refund } from '../wire.js';

export interface RefundRequest {
  amount: number;
  reason: 'duplicate' | 'fraudulent' | 'requested_by_customer' | null;
  metadata: Record<string, string>;
}

/** Gives back part of a charge, or the rest of it. What may be refunded is the caller's to check. */
export async function refund(tx: Tx, charge: Charge, request: RefundRequest): Promise<Refund> {
  const made: Refund = {
    id: newId('refund'),
    object: 'refund',
    ...request,
    balance_transaction: null,
    charge: charge.id,
    created: unixNow(),
    currency: charge.currency,
    customer: null,
    customer_account: null,
    ...(charge.payment_method_details?.card && { destination_details: cardDestination() }),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
  const refunded = withRefunded(charge, charge.amount_refunded + request.amount);
  await tx.objects.insert(made);
  await tx.objects.save(refunded);
  await tx.events.record('charge.refunded', refunded, charge);
  await tx.events.record('refund.created', made);
  return made;
}

/** A refund that had succeeded comes back from the bank: the money is the seller's again. */
export async function failRefund(tx: Tx, refundId: string): Promise<void> {
  const before = await tx.objects.get('refund', refundId);
  const failed: Refund = {
    ...before,
    failure_reason: 'expired_or_canceled_card',
    ...(before.destination_details && { destination_details: { type: 'card', card: { type: 'refund' } } }),
    status: 'failed',
  };
  const charge = await tx.objects.get('charge', before.charge ?? '');
  await tx.objects.save(failed);
  await tx.objects.save(withRefunded(charge, charge.amount_refunded - before.amount));
  await tx.events.record('refund.updated', failed, before);
  await tx.events.record('charge.refund.updated', failed, before);
  await tx.events.record('refund.failed', failed);
}

const withRefunded = (charge: Charge, amount: number): Charge => ({
  ...charge,
  amount_refunded: amount,
  refunded: amount === charge.amount,
});

const cardDestination = (): Refund['destination_details'] => ({
  type: 'card',
  card: {
    reference: randomText(12),
    reference_status: 'available',
    reference_type: 'acquirer_reference_number',
    type: 'refund',
  },
});
