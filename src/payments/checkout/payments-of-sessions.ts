import type { EntityManager } from 'typeorm';
import { Table } from '../../database/table.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { Payment } from '../ledger/payment.entity.js';

type Session = Pick<CheckoutSession, 'id' | 'client_reference_id'>;

const payments = new Table(Payment);

/**
 * Finds payments by their session; else by the id that went along, in case the app died before it noted the session.
 * @param how `findToChange` inside a transaction that goes on to change them
 */
export async function paymentsOfSessions(
  tx: EntityManager,
  sessions: readonly Session[],
  how: 'find' | 'findToChange',
): Promise<(session: Session) => Payment | undefined> {
  const known = await payments[how](tx, { checkoutSessionId: sessions.map(({ id }) => id) });
  const bySession = new Map(known.map((payment) => [payment.checkoutSessionId, payment]));
  const ids = sessions.flatMap(({ id, client_reference_id }) => (bySession.has(id) ? [] : (client_reference_id ?? [])));
  const unnoted = ids.length > 0 ? await payments[how](tx, { id: ids }) : [];
  const byId = new Map(unnoted.filter((row) => row.checkoutSessionId === null).map((payment) => [payment.id, payment]));
  return ({ id, client_reference_id }) => bySession.get(id) ?? byId.get(client_reference_id ?? '');
}
