import type { Tx } from '../ledger.js';
import { newCustomer } from '../payments/new-customer.js';
import type { PaymentMethod, Session } from '../wire.js';

/** The session with its customer, made now where one is asked for or needed to charge again later. */
export async function withCustomer(
  tx: Tx,
  session: Session,
  { billing_details: { address, email, name, phone } }: PaymentMethod,
): Promise<Session> {
  if (session.customer !== null || session.customer_creation !== 'always') return session;
  const customer = { ...newCustomer(), address, email: session.customer_email ?? email, name, phone };
  const known: Session = { ...session, customer: customer.id };
  await tx.objects.insert(customer);
  await tx.objects.save(known);
  await tx.events.record('customer.created', customer);
  return known;
}
