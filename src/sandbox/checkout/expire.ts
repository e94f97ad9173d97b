import { unixNow } from '../clock.js';
import type { Tx } from '../ledger.js';
import type { Session } from '../wire.js';

/** Ends an open session, and a payment that was begun in it. */
export async function expireSession(tx: Tx, session: Session): Promise<Session> {
  const expired: Session = { ...session, status: 'expired', url: null };
  await tx.objects.save(expired);
  if (session.payment_intent !== null) await cancelIntent(tx, session.payment_intent);
  await tx.events.record('checkout.session.expired', expired);
  return expired;
}

async function cancelIntent(tx: Tx, id: string): Promise<void> {
  const canceled = {
    ...(await tx.objects.get('payment_intent', id)),
    canceled_at: unixNow(),
    cancellation_reason: 'automatic',
    next_action: null,
    status: 'canceled',
  };
  await tx.objects.save(canceled);
  await tx.events.record('payment_intent.canceled', canceled);
}
