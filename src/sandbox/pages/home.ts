import type { RequestHandler } from 'express';
import type { DeliveryReport } from '../events/deliveries.js';
import type { Ledger } from '../ledger.js';
import { formatAmount } from '../money/format.js';

const SHOWN = 20;

/** `GET /`: what this is, and what happened last. */
export const homePage =
  (ledger: Ledger, webhookUrl: string | undefined): RequestHandler =>
  async (_request, response) => {
    const { payments, events } = await ledger.read(async ({ objects, deliveries }) => ({
      payments: await objects.list('payment_intent', { limit: SHOWN }),
      events: await Promise.all(
        (await objects.list('event', { limit: SHOWN })).map(async (event) => ({
          event,
          delivery: await deliveries.report(event.id),
        })),
      ),
    }));
    response.render('home', {
      title: 'Local Stripe sandbox',
      webhookUrl,
      payments: payments.map(({ id, amount, currency, status }) => ({
        id,
        amount: formatAmount(amount, currency),
        status: status.replaceAll('_', ' '),
      })),
      events: events.map(({ event: { id, type }, delivery }) => ({ id, type, delivery: wayOf(delivery) })),
    });
  };

function wayOf(delivery: DeliveryReport | undefined): string {
  if (!delivery) return 'no endpoint';
  const { state, attempts, lastAnswer } = delivery;
  if (state === 'delivered') return `delivered (${lastAnswer})`;
  const sofar = attempts === 0 ? 'not sent yet' : `${attempts} × failed, last: ${lastAnswer}`;
  return state === 'failed' ? `given up (${sofar})` : `pending (${sofar})`;
}
