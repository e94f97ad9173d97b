import { anInvoice, aSubscription, metadataOf } from './mock-stripe.js';

const THEN = 1_795_000_000;

/** What each kind of object looks like where nothing is missing, all about one payment. */
export const objectsOf = (paymentId: string) => {
  const metadata = metadataOf(paymentId);
  const session = {
    id: 'cs_test_partial',
    object: 'checkout.session',
    mode: 'payment',
    status: 'complete',
    payment_status: 'paid',
    amount_subtotal: 1999,
    amount_total: 1999,
    currency: 'usd',
    created: THEN,
    client_reference_id: paymentId,
    customer_details: { email: 'partial@example.com' },
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    payment_intent: 'pi_partial',
    payment_link: null,
    metadata,
  };
  const charge = {
    id: 'ch_partial',
    object: 'charge',
    amount: 1999,
    amount_captured: 1999,
    amount_refunded: 500,
    captured: true,
    refunded: false,
    created: THEN,
    currency: 'usd',
    payment_intent: 'pi_partial',
    receipt_url: 'https://receipts.example/1',
    status: 'succeeded',
    metadata,
  };
  const intent = {
    id: 'pi_partial',
    object: 'payment_intent',
    amount: 1999,
    amount_received: 1999,
    currency: 'usd',
    status: 'succeeded',
    last_payment_error: { code: 'card_declined', decline_code: 'generic_decline' },
    metadata,
  };
  const refund = {
    id: 're_partial',
    object: 'refund',
    amount: 500,
    currency: 'usd',
    created: THEN,
    payment_intent: 'pi_partial',
    charge: 'ch_partial',
    reason: 'duplicate',
    failure_reason: null,
    status: 'succeeded',
    metadata,
  };
  const dispute = {
    id: 'du_partial',
    object: 'dispute',
    amount: 700,
    currency: 'usd',
    created: THEN,
    charge: 'ch_partial',
    payment_intent: 'pi_partial',
    reason: 'fraudulent',
    status: 'needs_response',
    is_charge_refundable: false,
    evidence_details: { due_by: THEN + 1_000 },
    payment_method_details: { type: 'card', card: { case_type: 'chargeback' } },
    balance_transactions: [{ id: 'txn_1', amount: -700, net: -2200, fee: 1500, currency: 'usd', created: THEN }],
  };
  const warning = {
    id: 'issfr_partial',
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: 'ch_partial',
    payment_intent: 'pi_partial',
    fraud_type: 'misc',
    created: THEN,
  };
  const customer = { id: 'cus_partial', object: 'customer', email: 'partial@example.com', name: 'Jenny', metadata };
  const subscription = aSubscription({
    id: 'sub_partial',
    customer: 'cus_partial',
    cancellation_details: { comment: null, feedback: null, reason: null } as never,
    pause_collection: { behavior: 'void', resumes_at: THEN },
  });
  const inpay = {
    id: 'inpay_partial',
    object: 'invoice_payment',
    invoice: 'in_partial',
    amount_paid: 1500,
    amount_requested: 1500,
    currency: 'usd',
    is_default: true,
    status: 'paid',
    created: THEN,
    payment: { type: 'payment_intent', payment_intent: 'pi_invoice' },
    status_transitions: { paid_at: THEN, canceled_at: null },
  };
  const line = {
    parent: { type: 'subscription_item_details' },
    period: { start: THEN, end: THEN + 1_000 },
    amount: 1500,
  };
  const invoice = anInvoice({
    id: 'in_partial',
    customer: 'cus_partial',
    lines: { object: 'list', data: [line], has_more: false, url: '' },
    payments: { object: 'list', data: [inpay], has_more: false, url: '' },
  } as never);
  return { session, charge, intent, refund, dispute, warning, customer, subscription, invoice, inpay };
};

/** The object that an event of this type carries. */
export function objectFor(type: string, objects: ReturnType<typeof objectsOf>): object {
  if (type.startsWith('customer.subscription.')) return objects.subscription;
  if (type.startsWith('customer.')) return objects.customer;
  if (type.startsWith('invoice.')) return objects.invoice;
  if (type.startsWith('invoice_payment.')) return objects.inpay;
  if (type.startsWith('checkout.session.')) return objects.session;
  if (type.startsWith('charge.dispute.')) return objects.dispute;
  if (type.startsWith('payment_intent.')) return objects.intent;
  if (type.startsWith('radar.')) return objects.warning;
  return type.startsWith('refund.') || type === 'charge.refund.updated' ? objects.refund : objects.charge;
}
