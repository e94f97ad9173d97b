import type { EntityManager } from 'typeorm';
import type { User } from '../../auth/user.js';
import type { Env } from '../../config/env.js';
import { keyOfOwner, ownerOf } from '../../customers/owner.js';
import { Table } from '../../database/table.js';
import { idOf, identifierOf } from '../../stripe/stripe-fields.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { Payment } from './payment.entity.js';

/** A user's id, or several: what `ownersOf` gives. */
export type Owners = string | readonly string[];

/** The owner of a payment that no user started here, by the address it was paid with. No login gives out such an id. */
export const ownerOfEmail = (email: string): string => `email:${email}`;

/**
 * The owners whose payments a user sees: the user's own id; where the login has verified it, the address; and the organisation that they
 * act for, whose invoices are payments of `organisation:<id>`.
 */
export function ownersOf(user: User): string[] {
  const owner = ownerOf(user);
  return [
    user.id,
    ...(user.emailVerified ? [ownerOfEmail(user.email)] : []),
    ...(owner.type === 'organisation' ? [keyOfOwner(owner)] : []),
  ];
}

type Settings = Pick<Env, 'appName' | 'paymentLinks'>;
type OwnedObject = Pick<CheckoutSession, 'metadata' | 'payment_link'>;
type Session = Pick<CheckoutSession, 'id' | 'metadata' | 'payment_link'>;

/**
 * The id of our payment that a session was made for; `undefined` where it was made for none. Read from the metadata, which only our
 * server writes: a buyer may put any `client_reference_id` into a payment link's address
 * (https://docs.stripe.com/payment-links/url-parameters).
 */
export function paymentIdOf({ metadata, payment_link: link }: OwnedObject, { appName }: Settings): string | undefined {
  if (link || metadata?.app_name !== appName) return undefined;
  return identifierOf(metadata.payment_id);
}

/**
 * Whether a session that was not created here belongs to this app: it carries our name, as one of another instance does, or
 * comes from a payment link that PAYMENT_LINKS names.
 */
export function isOurs({ metadata, payment_link: link }: OwnedObject, { appName, paymentLinks }: Settings): boolean {
  const name = metadata?.app_name;
  return typeof name === 'string' ? name === appName : paymentLinks.includes(idOf(link) ?? '');
}

/** Why events of a session are ignored as another app's, for the operator; `undefined` where the session may be ours. */
export function reasonNotOurs(session: OwnedObject, settings: Settings): string | undefined {
  const link = idOf(session.payment_link);
  if (!link || isOurs(session, settings)) return undefined;
  return `paid by the payment link ${link}: give the link the metadata app_name, or list it in PAYMENT_LINKS, if it sells for this app`;
}

const payments = new Table(Payment);

/**
 * Finds the payments of sessions: by the session's id, else by the payment's id in its metadata, in case the app stopped before it
 * stored the session's id. Two statements at most.
 * @param how `findToChange` inside a transaction that goes on to change them
 */
export async function paymentsOfSessions(
  tx: EntityManager,
  sessions: readonly Session[],
  how: 'find' | 'findToChange',
  settings: Settings,
): Promise<(session: Session) => Payment | undefined> {
  const known = await payments[how](tx, { checkoutSessionId: sessions.map(({ id }) => id) });
  const bySession = new Map(known.map((payment) => [payment.checkoutSessionId, payment]));
  const ids = sessions.flatMap((one) => (bySession.has(one.id) ? [] : (paymentIdOf(one, settings) ?? [])));
  const unlinked = ids.length > 0 ? await payments[how](tx, { id: ids }) : [];
  const byId = new Map(unlinked.filter((row) => row.checkoutSessionId === null).map((row) => [row.id, row]));
  return (session) => bySession.get(session.id) ?? byId.get(paymentIdOf(session, settings) ?? '');
}

/**
 * The user who has paid here with this address after their login had verified it; `undefined` where nobody has. An address that
 * was only typed in proves nothing.
 */
export async function verifiedOwnerOf(tx: EntityManager, email: string): Promise<string | undefined> {
  if (email === '') return undefined;
  const paid = tx
    .createQueryBuilder(Payment, 'payment')
    .where('payment.email = :email AND payment.emailVerified = 1 AND payment.settledAt IS NOT NULL', { email })
    .orderBy('payment.createdAt', 'DESC');
  return (await paid.limit(1).getOne())?.userId;
}
