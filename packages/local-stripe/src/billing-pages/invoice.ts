import type { RequestHandler } from 'express';
import { subscriptionIdOf } from '../billing/invoice-store.js';
import { shownDate } from '../checkout/mode-labels.js';
import { clockNow, clockOf, shownClock } from '../dashboard/clocks.js';
import { queried } from '../dashboard/labels.js';
import { paymentRows, type PaymentRow } from '../dashboard/payments.js';
import { shownInvoice } from '../hosted-invoice/model.js';
import { factsOf, rawOf, type Fact } from '../http/components.js';
import type { Invoice } from '../model/wire.js';
import { intentIdsOf } from '../state/related.js';
import type { Store, Tx } from '../state/store.js';
import { customerFact } from './rows.js';
import { invoicePills } from './statuses.js';
import { invoiceAhead } from './subscription-ahead.js';
import { invoiceTimeline } from './timeline.js';

const REASONS: Record<string, string> = {
  manual: 'made by hand',
  subscription_create: 'a subscription began',
  subscription_cycle: 'a period began',
  subscription_threshold: 'a threshold was reached',
  subscription_update: 'the subscription changed',
};

/** `GET /invoices/:id?after=EVENT`: lines, totals, payments, and what happened to it. */
export const invoicePage =
  (store: Store): RequestHandler<{ id: string }> =>
  async ({ params, query }, response) => {
    const after = queried(query, 'after');
    const model = await store.read(async (tx) => {
      const invoice = await tx.objects.find('invoice', params.id);
      if (!invoice) return undefined;
      const clock = await clockOf(tx, invoice);
      const { timeline, pager } = await invoiceTimeline(tx, invoice, { path: `/invoices/${invoice.id}`, after });
      const now = Math.floor((await clockNow(tx, clock)) / 1000);
      const { amount, lines, sums } = shownInvoice(invoice);
      return {
        amount,
        lines,
        sums,
        number: invoice.number,
        pills: invoicePills(invoice),
        timeline: [...(after === undefined ? invoiceAhead(invoice, now) : []), ...timeline],
        pager,
        payments: await paymentsFor(tx, invoice),
        facts: await factsAbout(tx, invoice),
        hosted: pathOf(invoice.hosted_invoice_url),
        pdf: pathOf(invoice.invoice_pdf),
        clock: await shownClock(tx, clock),
        parts: [rawOf(invoice)],
      };
    });
    if (!model) return response.status(404).render('ended', { title: 'Not found' });
    response.render('invoice-details', { title: model.number ?? 'Draft invoice', ...model });
  };

/** The hosted pages are on this server: by whatever host name it is visited. */
export const pathOf = (url: string | null | undefined): string | undefined => (url ? new URL(url).pathname : undefined);

/** The Payment Intents that were to pay it. */
async function paymentsFor(tx: Tx, { id }: Invoice): Promise<PaymentRow[]> {
  const intents = [];
  for (const intent of await intentIdsOf(tx.database, [id]))
    intents.push(await tx.objects.get('payment_intent', intent));
  return paymentRows(tx, intents);
}

const date = (seconds: number | null | undefined): string => (typeof seconds === 'number' ? shownDate(seconds) : '');

async function factsAbout(tx: Tx, invoice: Invoice): Promise<Fact[]> {
  const { customer, number, status_transitions: at } = invoice;
  const subscription = subscriptionIdOf(invoice);
  return factsOf([
    { label: 'Invoice', code: invoice.id },
    { label: 'Number', text: number ?? '' },
    await customerFact(tx, String(customer)),
    subscription === undefined
      ? { label: 'Subscription' }
      : { label: 'Subscription', code: subscription, href: `/subscriptions/${subscription}` },
    { label: 'Made because', text: REASONS[String(invoice.billing_reason)] ?? '' },
    { label: 'Created', text: date(invoice.created) },
    { label: 'Finalized', text: date(at.finalized_at) },
    { label: 'Due', text: date(invoice.due_date) },
    { label: 'Attempts', text: String(invoice.attempt_count) },
    { label: 'Next attempt', text: invoice.status === 'open' ? date(invoice.next_payment_attempt) : '' },
    { label: 'Paid', text: date(at.paid_at) },
    { label: 'Voided', text: date(at.voided_at) },
    { label: 'Collected', text: String(invoice.collection_method).replaceAll('_', ' ') },
  ]);
}
