import type { Tx } from '../state/store.js';
import type { Invoice } from '../model/wire.js';
import { billingFor, type Billing } from './billing.js';
import { collect } from './collect.js';
import { draftUntil } from './draft-hour.js';
import { nextInvoiceStep } from './engine/invoice-due.js';
import { inOrder } from './event-order.js';
import { finalizeToPay } from './finalize.js';
import { saveInvoice, subscriptionIdOf } from './invoice-store.js';
import { sendInvoice } from './send-invoice.js';
import { loadSubscription, saveSubscription } from './subscription-store.js';

/** Does what is due for an invoice at `at` (Unix seconds): finalize it, collect it, or note that it is overdue. */
export async function invoiceDue(tx: Tx, id: string, at: number, origin: string): Promise<void> {
  const invoice = await tx.objects.find('invoice', id);
  const next = invoice && nextInvoiceStep(invoice);
  const gone = invoice && !(await tx.objects.find('customer', String(invoice.customer)));
  if (!invoice || !next || gone) return tx.timers.setFor('invoice_due', id, undefined, '');
  const billing = { ...(await billingFor(tx, origin, invoice.test_clock as string | null)), now: at };
  if (next.at > at) return void (await saveInvoice(billing, invoice));
  await inOrder(billing, 'asMade', () => perform(billing, invoice, next.step));
}

async function perform(billing: Billing, invoice: Invoice, step: 'finalize' | 'collect' | 'overdue'): Promise<void> {
  switch (step) {
    case 'finalize': {
      const later = await draftUntil(billing, invoice);
      if (later === undefined) return advance(billing, invoice);
      await saveInvoice(billing, { ...invoice, automatically_finalizes_at: later, next_payment_attempt: later });
      return;
    }
    case 'collect':
      await collect(billing, invoice, { automatic: true });
      return;
    case 'overdue':
      return overdue(billing, invoice);
  }
}

/** Finalizes a draft and collects it, or sends it. */
export async function advance(billing: Billing, draft: Invoice): Promise<void> {
  const { invoice: open, payment: made } = await finalizeToPay(billing, draft);
  if (open.status !== 'open') return;
  if (open.collection_method === 'send_invoice') await sendInvoice(billing, open);
  else await collect(billing, open, { automatic: true, made });
}

async function overdue(billing: Billing, invoice: Invoice): Promise<void> {
  const late = await saveInvoice(billing, { ...invoice, attempted: true });
  await billing.tx.events.record('invoice.overdue', late);
  const id = subscriptionIdOf(invoice);
  const loaded = id === undefined ? undefined : await loadSubscription(billing, id);
  if (loaded?.subscription.status !== 'active') return;
  const { subscription } = loaded;
  await saveSubscription(billing, { ...loaded, subscription: { ...subscription, status: 'past_due' } }, subscription);
}
