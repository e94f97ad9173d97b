import { cancelIntent } from '../payments/capture.js';
import type { Invoice } from '../model/wire.js';
import type { Billing } from './billing.js';
import { changeBalance } from './customer-balance.js';
import { paymentsOf, saveInvoice } from './invoice-store.js';

/** Voids an open or uncollectible invoice: its payments are canceled, and the balance that it took is given back. */
export async function voidInvoice(billing: Billing, before: Invoice): Promise<Invoice> {
  await cancelPayments(billing, before);
  await giveBalanceBack(billing, before);
  const voided = await saveInvoice(billing, {
    ...before,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...before.status_transitions, voided_at: billing.now },
  });
  await billing.tx.events.record('invoice.voided', voided);
  return voided;
}

type Reason =
  'max_payment_attempts' | 'payment_not_received' | 'subscription_canceled' | 'subscription_paused' | 'user_forgiven';

export async function markUncollectible(billing: Billing, before: Invoice, reason: Reason): Promise<Invoice> {
  const { now } = billing;
  const marked = await saveInvoice(billing, {
    ...before,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'uncollectible',
    status_details: { uncollectible: { reason } },
    status_transitions: { ...before.status_transitions, marked_uncollectible_at: now },
  });
  await billing.tx.events.record('invoice.marked_uncollectible', marked);
  return marked;
}

async function giveBalanceBack(billing: Billing, invoice: Invoice): Promise<void> {
  const { id, customer: customerId, starting_balance: start, ending_balance: end } = invoice;
  const amount = start - (end ?? start);
  const customer = amount === 0 ? undefined : await billing.tx.objects.find('customer', String(customerId));
  if (customer) await changeBalance(billing, customer, amount, { type: 'unapplied_from_invoice', invoice: id });
}

const SETTLED = ['succeeded', 'canceled'];

async function cancelPayments(billing: Billing, { id }: Invoice): Promise<void> {
  const { tx, now } = billing;
  for (const payment of await paymentsOf(billing, id)) {
    if (payment.status !== 'open') continue;
    const canceled = { ...payment, status: 'canceled', status_transitions: { canceled_at: now, paid_at: null } };
    await tx.objects.save(canceled);
    const intent = await tx.objects.get('payment_intent', String(payment.payment.payment_intent));
    if (!SETTLED.includes(intent.status)) await cancelIntent(tx, intent, 'void_invoice');
  }
}
