import type { Tx } from '../state/store.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { formatAmount } from '../model/money.js';
import { disputedAmount, MOST } from '../payments/disputes.js';
import type { Charge } from '../model/wire.js';

interface Named {
  charge: string | undefined;
  payment_intent: string | undefined;
}

/** The charge to refund, by its id or by its Payment Intent's. Throws ApiError. */
export async function chargeToRefund({ objects }: Tx, { charge: id, payment_intent }: Named): Promise<Charge> {
  if (id !== undefined) {
    const charge = await objects.find('charge', id);
    if (!charge) throw noSuch('charge', id, 'charge');
    return charge;
  }
  if (payment_intent === undefined) {
    throw invalidRequest('One of the following params should be provided for this request: payment_intent or charge.');
  }
  const intent = await objects.find('payment_intent', payment_intent);
  if (!intent) throw noSuch('payment_intent', payment_intent, 'payment_intent');
  if (intent.status !== 'succeeded' || intent.latest_charge === null) {
    const message = `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`;
    throw invalidRequest(message, 'payment_intent', 'payment_intent_unexpected_state');
  }
  return objects.get('charge', intent.latest_charge);
}

/** The amount to refund, in minor units: the requested one, or all that is left. Throws ApiError 400 where it is too large. */
export async function refundableAmount(tx: Tx, charge: Charge, asked: number | undefined): Promise<number> {
  if (charge.status !== 'succeeded') {
    throw invalidRequest(`Charge ${charge.id} has not succeeded; there is nothing to refund.`, 'charge');
  }
  if (!charge.captured) {
    throw invalidRequest(`Charge ${charge.id} is not captured; cancel its PaymentIntent instead.`, 'charge');
  }
  if (charge.disputed && (await isBlockedByDispute(tx, charge.id))) {
    const message = `Charge ${charge.id} has been charged back; cannot issue a refund.`;
    throw invalidRequest(message, undefined, 'charge_disputed');
  }
  // The part of an authorization that was not captured counts as refunded.
  const unrefunded = charge.amount - charge.amount_refunded;
  const left = Math.max(0, unrefunded - (charge.disputed ? await disputedAmount(tx, charge) : 0));
  if (left === 0) {
    const message = `Charge ${charge.id} has already been refunded.`;
    throw invalidRequest(message, undefined, 'charge_already_refunded');
  }
  if (asked !== undefined && asked > left) {
    const [tooMuch, rest] = [asked, left].map((amount) => formatAmount(amount, charge.currency));
    throw invalidRequest(`Refund amount (${tooMuch}) is greater than unrefunded amount on charge (${rest})`, 'amount');
  }
  return asked ?? left;
}

/** Whether a dispute prevents refunds: one that is neither refundable nor won. */
async function isBlockedByDispute({ objects }: Tx, charge: string): Promise<boolean> {
  const disputes = await objects.list('dispute', { limit: MOST, where: { charge } });
  return disputes.some(({ is_charge_refundable, status }) => !is_charge_refundable && status !== 'won');
}
