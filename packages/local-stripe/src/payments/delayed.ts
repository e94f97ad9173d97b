import { readSettings } from '../state/settings.js';
import { nowMs } from '../model/clock.js';
import type { Tx } from '../state/store.js';
import type { PaymentIntent, PaymentMethod } from '../model/wire.js';
import { newCharge } from './charges.js';
import { fail } from './fail.js';
import { succeed } from './succeed.js';
import type { Ending } from '../model/notes.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Starts a delayed payment, which settles or fails after the setting `bank_debit_ms`. */
export async function startDelayed(
  tx: Tx,
  intent: PaymentIntent,
  method: PaymentMethod,
  ending: Ending,
): Promise<PaymentIntent> {
  const { bank_debit_ms: delayMs } = await readSettings(tx);
  await tx.timers.set(ending === 'settle' ? 'settle_payment' : 'fail_payment', intent.id, nowMs() + delayMs);
  const waiting = { ...intent, last_payment_error: null, next_action: null, payment_method: method.id };
  if (method.type === 'konbini') return waitAtStore(tx, waiting);

  const charge = newCharge(intent, method);
  const processing: PaymentIntent = { ...waiting, latest_charge: charge.id, status: 'processing' };
  await tx.objects.insert(charge);
  await tx.objects.save(processing);
  await tx.events.record('payment_intent.processing', processing);
  await tx.events.record('charge.pending', charge);
  return processing;
}

/** Konbini: waits for the customer to pay a voucher at a store. The charge is created then. */
async function waitAtStore(tx: Tx, intent: PaymentIntent): Promise<PaymentIntent> {
  const stores = { familymart: null, lawson: null, ministop: null, seicomart: null };
  const expires_at = Math.floor((nowMs() + 3 * DAY_MS) / 1000);
  const waiting: PaymentIntent = {
    ...intent,
    next_action: {
      type: 'konbini_display_details',
      konbini_display_details: { expires_at, hosted_voucher_url: null, stores },
    },
    status: 'requires_action',
  };
  await tx.objects.save(waiting);
  await tx.events.record('payment_intent.requires_action', waiting);
  return waiting;
}

/** Settles a delayed payment; false where it was canceled. */
export async function settlePayment(tx: Tx, intentId: string, origin: string): Promise<boolean> {
  const waiting = await findPending(tx, intentId);
  if (!waiting) return false;
  await succeed(tx, waiting.intent, waiting.charge, origin);
  return true;
}

export async function failPayment(tx: Tx, intentId: string): Promise<boolean> {
  const waiting = await findPending(tx, intentId);
  if (!waiting) return false;
  const message = "The customer's account has insufficient funds to cover this payment.";
  await fail(tx, waiting.intent, waiting.method, { code: 'insufficient_funds', message }, waiting.charge);
  return true;
}

async function findPending(tx: Tx, intentId: string) {
  const intent = await tx.objects.get('payment_intent', intentId);
  if (intent.status !== 'processing' && intent.status !== 'requires_action') return undefined;
  const method = await tx.objects.get('payment_method', intent.payment_method ?? '');
  if (intent.status === 'processing') {
    return { intent, method, charge: await tx.objects.get('charge', intent.latest_charge ?? '') };
  }
  const charge = newCharge(intent, method);
  await tx.objects.insert(charge);
  return { intent, method, charge };
}
