import type { RequestHandler } from 'express';
import { deliveriesOf, type DeliveryReport } from '../events/delivery-reports.js';
import type { Ledger } from '../ledger.js';
import { formatAmount } from '../money/format.js';

const SHOWN = 20;

/** `GET /`: what this is, and what happened last. */
export const homePage =
  (ledger: Ledger, webhookUrl: string | undefined): RequestHandler =>
  async (_request, response) => {
    const { payments, events, deliveries } = await ledger.read(async ({ objects, database }) => {
      const latest = await objects.list('event', { limit: SHOWN });
      return {
        payments: await objects.list('payment_intent', { limit: SHOWN }),
        events: latest,
        deliveries: await deliveriesOf(
          database,
          latest.map(({ id }) => id),
        ),
      };
    });
    response.render('home', {
      title: 'Local Stripe sandbox',
      webhookUrl,
      payments: payments.map(({ id, amount, currency, status }) => ({
        id,
        amount: formatAmount(amount, currency),
        status: status.replaceAll('_', ' '),
      })),
      events: events.map(({ id, type }) => ({
        id,
        type,
        delivery:
          deliveries
            .filter(({ eventId }) => eventId === id)
            .map(wayOf)
            .join(', ') || 'no endpoint',
      })),
    });
  };

function wayOf({ state, attempts, lastAnswer }: DeliveryReport): string {
  if (state === 'lost') return 'lost on purpose';
  if (state === 'delivered') return `delivered (${lastAnswer})`;
  const sofar = attempts === 0 ? 'not sent yet' : `${attempts} × failed, last: ${lastAnswer}`;
  return state === 'failed' ? `given up (${sofar})` : `pending (${sofar})`;
}
