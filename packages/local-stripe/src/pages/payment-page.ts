import type { RequestHandler } from 'express';
import type { Ledger, Tx } from '../ledger.js';
import type { PaymentIntent, StoredObject } from '../wire.js';
import { paymentRow } from './payment-rows.js';

/** More than one payment ever has of anything, and a bound. */
const MOST = 100;

/** `GET /payments/:id`: a Payment Intent and everything that belongs to it, as Stripe would answer it. */
export const paymentPage =
  (ledger: Ledger): RequestHandler<{ id: string }> =>
  async ({ params }, response) => {
    const found = await ledger.read(async (tx) => {
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
