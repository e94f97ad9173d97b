import type { PaymentMethod, Session, SetupIntent } from '../model/wire.js';
import { completeSession, withCustomer } from '../payments/pay-session.js';
import { setUp, succeedSetup } from '../payments/set-up.js';
import { insertSetupIntent, newSetupIntent } from '../payments/setup-intents.js';
import type { Tx } from '../state/store.js';
import type { AnyOutcome } from './session-outcome.js';

interface SetupData {
  description?: string | undefined;
  metadata?: Record<string, string>;
}

/** The Setup Intent of a session in `setup` mode, which it has from its creation (recorded). */
export const setupOf = (
  tx: Tx,
  { customer, payment_method_types }: Session,
  { description, metadata = {} }: SetupData,
): Promise<SetupIntent> =>
  insertSetupIntent(tx, newSetupIntent({ customer, description: description ?? null, metadata, payment_method_types }));

/** The customer submits the page of a session in `setup` mode: their payment method is saved, and nothing is charged. */
export async function saveMethod(tx: Tx, session: Session, method: PaymentMethod, origin: string): Promise<AnyOutcome> {
  const { customer } = await withCustomer(tx, session, method);
  const intent = { ...(await tx.objects.get('setup_intent', String(session.setup_intent))), customer };
  const page = `${origin}/c/pay/${session.id}`;
  const setup = await setUp(tx, intent, method, { url: `${page}/authenticate`, returnUrl: page });
  if (setup.outcome === 'declined') return { outcome: 'declined', failure: setup.failure };
  if (setup.outcome === 'authenticate') return { outcome: 'authenticate' };
  await completeSession(tx, session.id, 'no_payment_required', method);
  return { outcome: 'paid' };
}

export async function saveAuthenticated(tx: Tx, session: Session, method: PaymentMethod): Promise<void> {
  await succeedSetup(tx, await tx.objects.get('setup_intent', String(session.setup_intent)), method);
  await completeSession(tx, session.id, 'no_payment_required', method);
}
