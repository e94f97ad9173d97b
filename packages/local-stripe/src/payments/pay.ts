import type { Tx } from '../state/store.js';
import type { Charge, PaymentIntent, PaymentMethod } from '../model/wire.js';
import { requireAuthentication, type Authentication } from './authentication.js';
import { newCharge } from './charges.js';
import { startDelayed } from './delayed.js';
import { fail, type Failure } from './fail.js';
import { authorize, succeed } from './succeed.js';
import { behaviourOf } from './test-cards.js';
import { behaviourOfMethod, spend } from './payment-methods.js';
import { raiseDispute } from './disputes.js';
import { raiseWarning } from './early-fraud-warnings.js';

export type Payment =
  | { outcome: 'charged'; intent: PaymentIntent; charge: Charge }
  | { outcome: 'processing' | 'authenticate'; intent: PaymentIntent }
  | { outcome: 'declined'; intent: PaymentIntent; failure: Failure };

export interface PaySettings {
  /** The server's origin, for receipts. */
  origin: string;
  authentication: Authentication;
}

/** Attempts a payment; the test card or account decides the outcome. */
export async function pay(
  tx: Tx,
  intent: PaymentIntent,
  method: PaymentMethod,
  { origin, authentication }: PaySettings,
): Promise<Payment> {
  if (method.customer === null && intent.setup_future_usage === null) await spend(tx, method, intent.id);
  const { testCard, ending = 'settle', redirects } = await tx.objects.notes('payment_method', method.id);
  if (redirects) {
    return { outcome: 'authenticate', intent: await requireAuthentication(tx, intent, method, authentication) };
  }
  if (testCard === undefined) {
    return { outcome: 'processing', intent: await startDelayed(tx, intent, method, ending) };
  }
  const behaviour = behaviourOf(testCard);
  switch (behaviour.does) {
    case 'decline':
      return decline(tx, intent, method, behaviour.failure);
    case 'authenticate':
      return { outcome: 'authenticate', intent: await requireAuthentication(tx, intent, method, authentication) };
    case 'pay':
    case 'warn':
    case 'dispute':
      return charge(tx, intent, method, origin);
  }
}

async function decline(
  tx: Tx,
  intent: PaymentIntent,
  method: PaymentMethod,
  failure: Failure,
): Promise<Extract<Payment, { outcome: 'declined' }>> {
  const attempted = newCharge(intent, method);
  await tx.objects.insert(attempted);
  return { outcome: 'declined', intent: await fail(tx, intent, method, failure, attempted), failure };
}

/** Declines a payment after its authentication, where its test card does so; the message, undefined where it does not. */
export async function declineAuthenticated(
  tx: Tx,
  intent: PaymentIntent,
  method: PaymentMethod,
): Promise<string | undefined> {
  const behaviour = await behaviourOfMethod(tx, method.id);
  if (behaviour.does !== 'authenticate' || !behaviour.afterwards) return undefined;
  return (await decline(tx, intent, method, behaviour.afterwards)).failure.message;
}

/** Charges a card that needs no authentication, or has passed it. */
export async function charge(
  tx: Tx,
  intent: PaymentIntent,
  method: PaymentMethod,
  origin: string,
): Promise<Extract<Payment, { outcome: 'charged' }>> {
  const made = newCharge(intent, method);
  await tx.objects.insert(made);
  const end = intent.capture_method === 'manual' ? authorize : succeed;
  return { outcome: 'charged', ...(await end(tx, { ...intent, payment_method: method.id }, made, origin)) };
}

/** Disputes the charge, or creates an early fraud warning, where its test card does so. */
export async function applyTestCardEffects(tx: Tx, { id, payment_method }: Charge): Promise<void> {
  const behaviour = await behaviourOfMethod(tx, payment_method ?? '');
  if (behaviour.does === 'dispute') await raiseDispute(tx, await tx.objects.get('charge', id), behaviour.details);
  if (behaviour.does === 'warn') await raiseWarning(tx, await tx.objects.get('charge', id), 'misc');
}
