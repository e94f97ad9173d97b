import { eventOf, type SentEvent } from './events.js';
import { checkoutEvent, type OpenPayment, paidEvent, refundEvent } from './open-payment.js';

/** The events that Stripe sends of a payment, in the order in which things happened. */
export type EventSequence = (payment: OpenPayment) => SentEvent[];

/** The charge has the sum of its refunds so far. */
const chargeRefunded = (payment: OpenPayment, refunded: number): SentEvent =>
  eventOf('charge.refunded', {
    id: `ch_${payment.paymentIntentId}`,
    object: 'charge',
    payment_intent: payment.paymentIntentId,
    amount_refunded: refunded,
    metadata: {},
  });

const willSettle = (payment: OpenPayment): SentEvent =>
  checkoutEvent('completed', payment, { status: 'complete', payment_status: 'unpaid' });

export const EVENT_SEQUENCES: Record<string, EventSequence> = {
  'paid by card, a part refunded': (payment) => [
    paidEvent(payment),
    refundEvent('created', payment, 0, { amount: 500, status: 'pending' }),
    chargeRefunded(payment, 500),
    refundEvent('updated', payment, 0, { amount: 500, status: 'succeeded' }),
  ],
  'refunded twice, and the second one sent back by the bank': (payment) => [
    paidEvent(payment),
    refundEvent('created', payment, 0, { amount: 500, status: 'succeeded' }),
    chargeRefunded(payment, 500),
    refundEvent('created', payment, 1, { amount: 700, status: 'succeeded' }),
    chargeRefunded(payment, 1_200),
    refundEvent('updated', payment, 1, { amount: 700, status: 'failed', failure_reason: 'expired_or_canceled_card' }),
    refundEvent('failed', payment, 1, { amount: 700, status: 'failed', failure_reason: 'expired_or_canceled_card' }),
  ],
  'a bank debit that settles': (payment) => [
    willSettle(payment),
    checkoutEvent('async_payment_succeeded', payment, { status: 'complete', payment_status: 'paid' }),
  ],
  'a bank debit that fails': (payment) => [
    willSettle(payment),
    checkoutEvent('async_payment_failed', payment, { status: 'complete', payment_status: 'unpaid' }),
  ],
  'never paid': (payment) => [
    checkoutEvent('expired', payment, { status: 'expired', payment_status: 'unpaid', payment_intent: null }),
  ],
};
