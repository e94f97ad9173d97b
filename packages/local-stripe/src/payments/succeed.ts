import { nowMs, unixNow } from '../model/clock.js';
import type { HeldEvent } from '../state/event-log.js';
import type { Tx } from '../state/store.js';
import type { Charge, PaymentIntent } from '../model/wire.js';
import { bookCharge } from './bookings.js';
import { succeeded } from './charges.js';
import { attach } from './payment-methods.js';

/** How long an authorization is valid. */
const AUTHORIZED_FOR_S = 7 * 24 * 60 * 60;

interface Paid {
  intent: PaymentIntent;
  charge: Charge;
}

/** A card's charge that is captured asynchronously (`automatic_async`) is booked this long after it was made. */
const BOOKED_AFTER_MS = 3000;

/**
 * Marks a payment succeeded and captured. `origin`: of the receipt's page. With `automatic_async` a card's charge has no
 * balance transaction at first.
 */
export async function succeed(tx: Tx, intent: PaymentIntent, pending: Charge, origin: string): Promise<Paid> {
  const isBookedLater = intent.capture_method === 'automatic_async' && pending.payment_method_details?.type === 'card';
  const balance_transaction = isBookedLater ? null : (await bookCharge(tx, pending, pending.amount)).id;
  if (isBookedLater) await tx.timers.set('book_charge', pending.id, nowMs() + BOOKED_AFTER_MS);
  const charge: Charge = {
    ...succeeded(pending, origin),
    amount_captured: pending.amount,
    balance_transaction,
    captured: true,
  };
  const paid: PaymentIntent = { ...settled(intent, charge), amount_received: intent.amount, status: 'succeeded' };
  await tx.objects.save(charge);
  await tx.objects.save(paid);
  await tx.events.arranged(paymentFirst, async () => {
    await tx.events.record('payment_intent.succeeded', paid);
    await tx.events.record('charge.succeeded', charge);
    await keepForLater(tx, paid);
  });
  return { intent: paid, charge };
}

const isOfMoney = ({ type }: HeldEvent): boolean => type.startsWith('charge.') || type === 'payment_method.attached';

/** Where it pays an invoice, the events of the money come before those of the invoice. */
function paymentFirst(events: HeldEvent[]): HeldEvent[] {
  if (!events.some(({ type }) => type.startsWith('invoice'))) return events;
  return [...events.filter((event) => isOfMoney(event)), ...events.filter((event) => !isOfMoney(event))];
}

/** Books a charge that was captured asynchronously: it has its balance transaction from then on. */
export async function bookLater(tx: Tx, id: string): Promise<void> {
  const before = await tx.objects.get('charge', id);
  const { id: balance_transaction } = await bookCharge(tx, before, before.amount);
  const charge: Charge = { ...before, balance_transaction };
  await tx.objects.save(charge);
  await tx.events.record('charge.updated', charge, before);
}

/** Authorizes a payment, which is captured later. */
export async function authorize(tx: Tx, intent: PaymentIntent, pending: Charge, origin: string): Promise<Paid> {
  const captureBefore = unixNow() + AUTHORIZED_FOR_S;
  const charge = withDeadline(succeeded(pending, origin), captureBefore);
  const reserved: PaymentIntent = {
    ...settled(intent, charge),
    amount_capturable: intent.amount,
    status: 'requires_capture',
  };
  await tx.objects.save(charge);
  await tx.objects.save(reserved);
  await tx.timers.set('expire_authorization', reserved.id, captureBefore * 1000);
  await tx.events.record('charge.succeeded', charge);
  await tx.events.record('payment_intent.amount_capturable_updated', reserved);
  await keepForLater(tx, reserved);
  return { intent: reserved, charge };
}

function withDeadline(charge: Charge, capture_before: number): Charge {
  const { payment_method_details: details } = charge;
  if (!details?.card) return charge;
  return { ...charge, payment_method_details: { ...details, card: { ...details.card, capture_before } } };
}

const settled = (intent: PaymentIntent, charge: Charge): PaymentIntent => ({
  ...intent,
  last_payment_error: null,
  latest_charge: charge.id,
  next_action: null,
  payment_method: charge.payment_method,
  processing: null,
});

/** Attaches the payment method to the customer where `setup_future_usage` is set. */
async function keepForLater(tx: Tx, { customer, payment_method, setup_future_usage }: PaymentIntent): Promise<void> {
  if (setup_future_usage === null || customer === null || payment_method === null) return;
  await attach(tx, await tx.objects.get('payment_method', payment_method), customer);
}
