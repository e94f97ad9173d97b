import type { RequestHandler } from 'express';
import type { Store, Tx } from '../state/store.js';
import type { Charge, Invoice, PaymentIntent, StoredObject } from '../model/wire.js';
import {
  type Action,
  type Fact,
  factsOf,
  type Filter,
  type Moment,
  pageOf,
  type Pill,
  rawOf,
  withQuery,
} from '../http/components.js';
import { paymentOfIntent, subscriptionIdOf } from '../billing/invoice-store.js';
import { momentOf, queried } from './labels.js';
import { timelineOf } from './payment-timeline.js';
import { formatAmount } from '../model/money.js';
import { refundedOfCaptured } from '../payments/charges.js';

export interface PaymentRow {
  id: string;
  amount: string;
  made: Moment;
  status: Pill;
  /** `visa •••• 4242` */
  method: string;
  email: string;
  /** The refunded amount, formatted; empty without one. */
  refunded: string;
  disputed: boolean;
  /** Whether it can be disputed. */
  disputable: boolean;
  /** Whether it can be captured. */
  capturable: boolean;
}

const TONES: Record<string, Pill['tone']> = { succeeded: 'good', canceled: 'plain', processing: 'waiting' };

/** The rows of the payments table. */
export const paymentRows = ({ objects }: Tx, intents: readonly PaymentIntent[]): Promise<PaymentRow[]> =>
  Promise.all(
    intents.map(async (intent) => {
      const charge = intent.latest_charge === null ? undefined : await objects.find('charge', intent.latest_charge);
      const row = paymentRow(intent, charge);
      if (row.email || typeof intent.customer !== 'string') return row;
      return { ...row, email: (await objects.find('customer', intent.customer))?.email ?? '' };
    }),
  );

export function paymentRow({ id, amount, currency, created, status }: PaymentIntent, charge?: Charge): PaymentRow {
  const refunded = charge ? refundedOfCaptured(charge) : 0;
  return {
    id,
    amount: formatAmount(amount, currency),
    made: momentOf(created * 1000),
    status: { tone: TONES[status] ?? 'waiting', text: status.replaceAll('_', ' ') },
    method: charge ? paidWith(charge) : '',
    email: charge?.billing_details.email ?? '',
    refunded: refunded > 0 ? formatAmount(refunded, currency) : '',
    disputed: charge?.disputed ?? false,
    disputable: charge?.captured === true && !charge.disputed,
    capturable: status === 'requires_capture',
  };
}

/** `visa •••• 4242`, or the kind of payment method. */
export function paidWith({ payment_method_details: details }: Charge): string {
  const card = details?.card;
  return card ? `${card.brand} •••• ${card.last4}` : (details?.type ?? '').replaceAll('_', ' ');
}

/** More refunds, disputes or balance transactions than a payment has. */
const MOST = 100;

/** `GET /payments/:id`: a Payment Intent, what happened to it, and the objects that belong to it, as JSON. */
export const paymentPage =
  (store: Store): RequestHandler<{ id: string }> =>
  async ({ params }, response) => {
    const found = await store.read(async (tx) => {
      const intent = await tx.objects.find('payment_intent', params.id);
      if (!intent) return undefined;
      const objects = [intent, ...(await partsOf(tx, intent))];
      return { intent, objects, timeline: await timelineOf(tx, objects), belongs: await belongsTo(tx, intent) };
    });
    if (!found) return response.status(404).render('ended', { title: 'Not found' });
    const { intent, objects, timeline, belongs } = found;
    const charge = objects.find((part) => part.object === 'charge' && part.id === intent.latest_charge);
    const row = paymentRow(intent, charge?.object === 'charge' ? charge : undefined);
    response.render('payment', {
      title: `Payment of ${row.amount}`,
      ...row,
      timeline,
      facts: factsOf([
        { label: 'Payment Intent', code: intent.id },
        { label: 'Made', text: `${row.made.full} UTC` },
        { label: 'Paid with', text: row.method },
        ...(belongs.some(({ label }) => label === 'Customer') ? [] : [{ label: 'Customer', text: row.email }]),
        ...belongs,
        { label: 'Description', text: intent.description ?? '' },
        ...(charge && row.disputable ? [{ label: 'Receipt', text: 'Open', href: `/receipts/${charge.id}` }] : []),
      ]),
      actions: actionsOf(row),
      parts: objects.map(rawOf),
    });
  };

/** The invoice that a Payment Intent pays. */
async function invoiceOf(tx: Tx, intent: string): Promise<Invoice | undefined> {
  const payment = await paymentOfIntent({ tx }, intent);
  return payment && tx.objects.find('invoice', String(payment.invoice));
}

/** Its customer, and the invoice and subscription that it pays, with their pages. */
async function belongsTo(tx: Tx, { id, customer }: PaymentIntent): Promise<Fact[]> {
  const found = typeof customer === 'string' ? await tx.objects.find('customer', customer) : undefined;
  const invoice = await invoiceOf(tx, id);
  const subscription = invoice && subscriptionIdOf(invoice);
  return [
    ...(found
      ? [{ label: 'Customer', text: found.email ?? found.name ?? found.id, href: `/customers/${found.id}` }]
      : []),
    ...(invoice ? [{ label: 'Invoice', text: invoice.number ?? invoice.id, href: `/invoices/${invoice.id}` }] : []),
    ...(subscription === undefined
      ? []
      : [{ label: 'Subscription', code: subscription, href: `/subscriptions/${subscription}` }]),
  ];
}

function actionsOf({ id, capturable, disputable }: PaymentRow): Action[] {
  const action = (name: string): string => `/_sandbox/payments/${id}/${name}`;
  return [
    ...(capturable
      ? [
          { label: 'Capture', action: action('capture') },
          { label: 'Cancel', action: action('cancel') },
        ]
      : []),
    ...(disputable
      ? [
          { label: 'Dispute', action: action('dispute') },
          { label: 'Warn of fraud', action: action('early_fraud_warning') },
        ]
      : []),
  ];
}

async function partsOf(tx: Tx, { id }: PaymentIntent): Promise<StoredObject[]> {
  const { objects } = tx;
  const asked = { limit: MOST, where: { payment_intent: id } };
  const invoice = await invoiceOf(tx, id);
  return [
    ...(invoice ? [invoice] : []),
    ...(await objects.list('checkout.session', asked)),
    ...(await objects.list('charge', asked)),
    ...(await objects.list('refund', asked)),
    ...(await objects.list('dispute', asked)),
    ...(await objects.list('radar.early_fraud_warning', asked)),
  ];
}

const SHOWN = 50;

const STATUSES: Record<string, string | undefined> = {
  All: undefined,
  Succeeded: 'succeeded',
  Processing: 'processing',
  'To be captured': 'requires_capture',
  'Needs action': 'requires_action',
  Failed: 'requires_payment_method',
  Canceled: 'canceled',
};

const filterBy = (chosen: string | undefined): Filter => ({
  label: 'Status',
  choices: Object.entries(STATUSES).map(([label, status]) => ({
    label,
    href: withQuery('/payments', { status }),
    current: status === chosen,
  })),
});

/** `GET /payments?status=succeeded&after=ID`: all of them, newest first. */
export const paymentsPage =
  (store: Store): RequestHandler =>
  async ({ query }, response) => {
    const [status, after] = [queried(query, 'status'), queried(query, 'after')];
    const shown = await store.read(async (tx) => {
      const asked = { limit: SHOWN + 1, startingAfter: after, where: { status } };
      const { items, pager } = pageOf(await tx.objects.list('payment_intent', asked), SHOWN, '/payments', {
        status,
        after,
      });
      return { payments: await paymentRows(tx, items), pager };
    });
    const filtered = status !== undefined;
    response.render('payments', { title: 'Payments', filter: filterBy(status), filtered, ...shown });
  };
