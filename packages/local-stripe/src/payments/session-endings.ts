import type { Tx } from '../state/store.js';
import { failPayment, settlePayment } from './delayed.js';
import { sessionOf } from './intents.js';
import type { Session } from '../model/wire.js';
import { cancelSetupIntent } from './setup-intents.js';
import { cancelIntent } from './capture.js';

/** Settles a delayed payment, and marks its session paid. */
export async function settleDelayed(tx: Tx, intentId: string, origin: string): Promise<void> {
  if (!(await settlePayment(tx, intentId, origin))) return;
  const session = await sessionOf(tx, intentId);
  if (!session) return;
  const paid: Session = { ...session, payment_status: 'paid' };
  await tx.objects.save(paid);
  await tx.events.record('checkout.session.async_payment_succeeded', paid);
}

export async function failDelayed(tx: Tx, intentId: string): Promise<void> {
  if (!(await failPayment(tx, intentId))) return;
  const session = await sessionOf(tx, intentId);
  if (session) await tx.events.record('checkout.session.async_payment_failed', session);
}

/** Cancels the Payment Intent of a subscription's session, which only its notes name. */
async function cancelAttempt(tx: Tx, { id }: Session): Promise<void> {
  const { attempt } = (await tx.objects.findNotes('checkout.session', id)) ?? {};
  const intent = attempt?.intent === undefined ? undefined : await tx.objects.find('payment_intent', attempt.intent);
  if (intent) await cancelIntent(tx, intent, 'automatic');
}

/** Expires an open session, and cancels its Payment Intent. */
export async function expireSession(tx: Tx, session: Session): Promise<Session> {
  const expired: Session = { ...session, status: 'expired', url: null };
  await tx.objects.save(expired);
  if (session.payment_intent !== null) {
    await cancelIntent(tx, await tx.objects.get('payment_intent', session.payment_intent), 'automatic');
  }
  if (session.setup_intent !== null) {
    await cancelSetupIntent(tx, await tx.objects.get('setup_intent', String(session.setup_intent)), null);
  }
  await cancelAttempt(tx, session);
  await tx.events.record('checkout.session.expired', expired);
  return expired;
}
