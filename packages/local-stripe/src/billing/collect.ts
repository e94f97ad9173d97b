import type { Customer, Invoice, InvoicePayment, PaymentIntent, PaymentMethod, Subscription } from '../model/wire.js';
import { applyTestCardEffects, pay, type Payment } from '../payments/pay.js';
import type { Billing } from './billing.js';
import { isHardDecline } from './engine/invoice-due.js';
import { createPayment, type MadePayment } from './finalize.js';
import { invoiceFailed } from './invoice-failed.js';
import { invoicePaid } from './invoice-paid.js';
import { paymentsOf, subscriptionOf } from './invoice-store.js';
import { paymentProcessing } from './invoice-processing.js';

export interface Collected {
  invoice: Invoice;
  /** Undefined where nothing was tried: there is no payment method, or a hard decline stands. */
  payment?: Payment;
  method?: PaymentMethod;
}

interface How {
  /** The payment method that a call names. Defaults to the invoice's, the subscription's or the customer's own. */
  method?: PaymentMethod | undefined;
  /** By a timer, or inside the call that made the invoice: counted, and tried again. */
  automatic: boolean;
  /** The open payment of the invoice, where the caller has made it. */
  made?: MadePayment | undefined;
}

/** Attempts to collect an open invoice. */
export async function collect(billing: Billing, invoice: Invoice, how: How): Promise<Collected> {
  const { tx, origin } = billing;
  const method = how.method ?? (await methodFor(billing, invoice));
  const { intent, invoicePayment } = how.made ?? (await openPayment(billing, invoice));
  if (!method || (how.automatic && declinedForGood(intent, method))) {
    return { invoice: await invoiceFailed(billing, invoice, how), ...(method && { method }) };
  }
  await tx.objects.note('payment_intent', intent.id, {});
  const payment = await tx.events.unobserved(() =>
    pay(tx, intent, method, {
      origin,
      authentication: { url: `${origin}/c/authenticate/${intent.id}`, returnUrl: undefined },
    }),
  );
  return { payment, method, invoice: await outcome(billing, invoice, { payment, invoicePayment }, how) };
}

async function outcome(
  billing: Billing,
  invoice: Invoice,
  { payment, invoicePayment }: { payment: Payment; invoicePayment: InvoicePayment },
  { automatic }: How,
): Promise<Invoice> {
  switch (payment.outcome) {
    case 'charged': {
      const paid = await invoicePaid(billing, invoicePayment, payment.intent, { automatic });
      if (payment.charge.captured) await applyTestCardEffects(billing.tx, payment.charge);
      return paid;
    }
    case 'processing':
      return paymentProcessing(billing, invoice);
    case 'declined':
      return invoiceFailed(billing, invoice, { automatic });
    case 'authenticate':
      return invoiceFailed(billing, invoice, { automatic, needsAction: true });
  }
}

/** The open payment of an invoice, and its Payment Intent, for what remains to be paid. */
async function openPayment(billing: Billing, invoice: Invoice): Promise<MadePayment> {
  const { tx } = billing;
  const open = (await paymentsOf(billing, invoice.id)).find(({ status }) => status === 'open');
  if (!open) return createPayment(billing, invoice);
  const intent = await tx.objects.get('payment_intent', String(open.payment.payment_intent));
  return { invoicePayment: open, intent: { ...intent, amount: invoice.amount_remaining } };
}

function declinedForGood({ last_payment_error: error }: PaymentIntent, method: PaymentMethod): boolean {
  return error?.payment_method?.id === method.id && isHardDecline(error.decline_code ?? error.code ?? '');
}

/** Whose method is charged: the invoice's, then the subscription's, then the customer's (SUBSCRIPTIONS.md 1, "Customer"). */
export async function methodFor(billing: Billing, invoice: Invoice): Promise<PaymentMethod | undefined> {
  const named = invoice.default_payment_method ?? undefined;
  const customer = await billing.tx.objects.find('customer', String(invoice.customer));
  return methodNamed(billing, named, await subscriptionOf(billing, invoice), customer);
}

export async function methodNamed(
  { tx }: Billing,
  named: string | null | undefined,
  subscription: Pick<Subscription, 'default_payment_method' | 'default_source'> | undefined,
  customer: Customer | undefined,
): Promise<PaymentMethod | undefined> {
  const ids = [
    named,
    subscription?.default_payment_method,
    subscription?.default_source,
    customer?.invoice_settings.default_payment_method,
    customer?.default_source,
  ];
  for (const id of ids) {
    const method = typeof id === 'string' ? await tx.objects.find('payment_method', id) : undefined;
    if (method && method.customer !== null) return method; // one that was detached is charged no more
  }
  return undefined;
}
