import type { RequestHandler } from 'express';
import type { Store, Tx } from '../state/store.js';
import type { Charge, PaymentIntent, StoredObject } from '../model/wire.js';
import { type Badge, olderThan, showTime } from './labels.js';
import { formatAmount } from '../model/money.js';
import { refundedOfCaptured } from '../payments/charges.js';

export interface PaymentRow {
  id: string;
  amount: string;
  time: string;
  status: Pick<Badge, 'tone' | 'text'>;
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

const TONES: Record<string, Badge['tone']> = { succeeded: 'good', canceled: 'plain', processing: 'waiting' };

/** The rows of the payments table. */
export const paymentRows = ({ objects }: Tx, intents: readonly PaymentIntent[]): Promise<PaymentRow[]> =>
  Promise.all(
    intents.map(async (intent) =>
      paymentRow(
        intent,
        intent.latest_charge === null ? undefined : await objects.find('charge', intent.latest_charge),
      ),
    ),
  );

export function paymentRow({ id, amount, currency, created, status }: PaymentIntent, charge?: Charge): PaymentRow {
  const refunded = charge ? refundedOfCaptured(charge) : 0;
  return {
    id,
    amount: formatAmount(amount, currency),
    time: showTime(created * 1000),
    status: { tone: TONES[status] ?? 'waiting', text: status.replaceAll('_', ' ') },
    method: charge ? fieldsOfKind(charge) : '',
    email: charge?.billing_details.email ?? '',
    refunded: refunded > 0 ? formatAmount(refunded, currency) : '',
    disputed: charge?.disputed ?? false,
    disputable: charge?.captured === true && !charge.disputed,
    capturable: status === 'requires_capture',
  };
}

function fieldsOfKind({ payment_method_details: paidWith }: Charge): string {
  const card = paidWith?.card;
  return card ? `${card.brand} •••• ${card.last4}` : (paidWith?.type ?? '').replaceAll('_', ' ');
}

/** More refunds, disputes or balance transactions than a payment has. */
const MOST = 100;

/** `GET /payments/:id`: a Payment Intent and the objects that belong to it, as JSON. */
export const paymentPage =
  (store: Store): RequestHandler<{ id: string }> =>
  async ({ params }, response) => {
    const found = await store.read(async (tx) => {
      const intent = await tx.objects.find('payment_intent', params.id);
      return intent && { intent, parts: await partsOf(tx, intent) };
    });
    if (!found) return response.status(404).render('ended', { title: 'Not found' });
    const { intent, parts } = found;
    const charge = parts.find((part) => part.object === 'charge' && part.id === intent.latest_charge);
    response.render('payment', {
      title: 'Payment',
      ...paymentRow(intent, charge?.object === 'charge' ? charge : undefined),
      parts: [intent, ...parts].map((part) => ({
        kind: part.object.replaceAll(/[_.]/g, ' '),
        id: part.id,
        status: 'status' in part ? String(part.status).replaceAll('_', ' ') : '',
        json: JSON.stringify(part, null, 2),
      })),
    });
  };

async function partsOf({ objects }: Tx, { id }: PaymentIntent): Promise<StoredObject[]> {
  const asked = { limit: MOST, where: { payment_intent: id } };
  return [
    ...(await objects.list('checkout.session', asked)),
    ...(await objects.list('charge', asked)),
    ...(await objects.list('refund', asked)),
    ...(await objects.list('dispute', asked)),
    ...(await objects.list('radar.early_fraud_warning', asked)),
  ];
}

const SHOWN = 50;

/** `GET /payments?after=ID`: all of them, newest first. */
export const paymentsPage =
  (store: Store): RequestHandler =>
  async ({ query }, response) => {
    const shown = await store.read(async (tx) => {
      const found = await tx.objects.list('payment_intent', { limit: SHOWN + 1, startingAfter: olderThan(query) });
      return {
        payments: await paymentRows(tx, found.slice(0, SHOWN)),
        older: found.length > SHOWN && found[SHOWN - 1]?.id,
      };
    });
    response.render('payments', { title: 'Payments', ...shown });
  };

/** The page behind a charge's `receipt_url`. */
export const receiptPage =
  (store: Store): RequestHandler<{ id: string }> =>
  async ({ params }, response) => {
    const charge = await store.read(({ objects }) => objects.find('charge', params.id));
    if (!charge?.captured) return response.status(404).render('ended', { title: 'Receipt' });
    const card = charge.payment_method_details?.card;
    response.render('receipt', {
      title: 'Receipt',
      amount: formatAmount(charge.amount_captured, charge.currency),
      refunded: refundedOfCaptured(charge) > 0 && formatAmount(refundedOfCaptured(charge), charge.currency),
      paidOn: new Date(charge.created * 1000).toISOString().slice(0, 10),
      email: charge.billing_details.email,
      method: card ? `${card.brand} •••• ${card.last4}` : 'Bank debit',
      id: charge.id,
    });
  };
