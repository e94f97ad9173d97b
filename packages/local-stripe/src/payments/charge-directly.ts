import type { Charge, PaymentMethod } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { bookCharge } from './bookings.js';
import { asCard } from './cards.js';
import { failed, succeeded } from './charges.js';
import type { Failure } from './fail.js';
import { applyTestCardEffects } from './pay.js';
import { behaviourOfMethod } from './payment-methods.js';

const NEEDS_AUTHENTICATION: Failure = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

/** Charges a card without a Payment Intent: there is nobody to authenticate. `charge`: as it is afterwards. */
export async function chargeDirectly(
  tx: Tx,
  draft: Charge,
  method: PaymentMethod,
  { capture, origin }: { capture: boolean; origin: string },
): Promise<{ captured: Charge; charge: Charge; failure?: Failure }> {
  const behaviour = await behaviourOfMethod(tx, method.id);
  const pending = { ...draft, source: asCard(method) } as Charge;
  if (behaviour.does === 'decline') return refuse(tx, pending, behaviour.failure);
  if (behaviour.does === 'authenticate') return refuse(tx, pending, NEEDS_AUTHENTICATION);

  const approved = succeeded(pending, origin);
  await tx.objects.insert(approved);
  const charge = capture ? await captureDirectly(tx, approved, approved.amount) : approved;
  await tx.events.record('charge.succeeded', charge);
  if (capture) await applyTestCardEffects(tx, charge);
  return { captured: charge, charge };
}

/** Captures a charge without a Payment Intent. */
export async function captureDirectly(tx: Tx, before: Charge, amount: number): Promise<Charge> {
  const { id: balance_transaction } = await bookCharge(tx, before, amount);
  const taken: Charge = {
    ...before,
    amount_captured: amount,
    amount_refunded: before.amount - amount,
    balance_transaction,
    captured: true,
  };
  await tx.objects.save(taken);
  return taken;
}

async function refuse(tx: Tx, pending: Charge, failure: Failure) {
  const charge = failed(pending, failure.code, failure.declineCode ?? failure.code, failure.message);
  await tx.objects.insert(charge);
  await tx.events.record('charge.failed', charge);
  return { captured: charge, charge, failure };
}
