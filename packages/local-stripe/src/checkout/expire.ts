import type { Tx } from '../ledger.js';
import { cancelIntent } from '../payments/capture.js';
import type { Session } from '../wire.js';

/** Ends an open session, and a payment that was begun in it. */
export async function expireSession(tx: Tx, session: Session): Promise<Session> {
  const expired: Session = { ...session, status: 'expired', url: null };
  await tx.objects.save(expired);
  if (session.payment_intent !== null) {
    await cancelIntent(tx, await tx.objects.get('payment_intent', session.payment_intent), 'automatic');
  }
  await tx.events.record('checkout.session.expired', expired);
  return expired;
}
