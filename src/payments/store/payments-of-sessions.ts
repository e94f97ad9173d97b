import type { EntityManager } from 'typeorm';
import type { Env } from '../../config/env.js';
import { Table } from '../../database/table.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { Payment } from './payment.entity.js';
import { paymentIdOf } from './session-owner.js';

type Session = Pick<CheckoutSession, 'id' | 'metadata' | 'payment_link'>;

const payments = new Table(Payment);

/**
 * Finds payments by their session; else by the id in its metadata, in case the app died before it noted the session.
 * @param how `findToChange` inside a transaction that goes on to change them
 */
export async function paymentsOfSessions(
  tx: EntityManager,
  sessions: readonly Session[],
  how: 'find' | 'findToChange',
  settings: Env,
): Promise<(session: Session) => Payment | undefined> {
  const known = await payments[how](tx, { checkoutSessionId: sessions.map(({ id }) => id) });
  const bySession = new Map(known.map((payment) => [payment.checkoutSessionId, payment]));
  const ids = sessions.flatMap((one) => (bySession.has(one.id) ? [] : (paymentIdOf(one, settings) ?? [])));
  const unnoted = ids.length > 0 ? await payments[how](tx, { id: ids }) : [];
  const byId = new Map(unnoted.filter((row) => row.checkoutSessionId === null).map((payment) => [payment.id, payment]));
  return (session) => bySession.get(session.id) ?? byId.get(paymentIdOf(session, settings) ?? '');
}
