import { nowMs } from '../clock.js';
import type { Tx } from '../ledger.js';
import type { Session } from '../wire.js';
import { failAuthentication } from './authentication.js';
import type { Submission } from './form.js';
import { payByBankDebit } from './pay-by-bank-debit.js';
import { payByCard, payNow, type CardOutcome } from './pay-by-card.js';

export interface Settings {
  origin: string;
  bankDebitDelayMs: number;
}

/** `over`: somebody was quicker, or the button was pressed twice; nothing is paid a second time. */
export type Outcome = CardOutcome | { outcome: 'over' };

export async function submitPayment(
  tx: Tx,
  sessionId: string,
  submission: Submission,
  { origin, bankDebitDelayMs }: Settings,
): Promise<Outcome> {
  const session = await tx.objects.get('checkout.session', sessionId);
  if (session.status !== 'open') return { outcome: 'over' };
  const { payer } = submission;
  if (submission.kind === 'card') {
    return payByCard(tx, session, payer, submission.card, submission.behaviour, origin);
  }
  await payByBankDebit(tx, session, payer, submission.ending, nowMs() + bankDebitDelayMs);
  return { outcome: 'paid' };
}

/** The customer came back from their bank's page. `nothing`: no authentication was waiting. */
export async function authenticated(
  tx: Tx,
  sessionId: string,
  passed: boolean,
  origin: string,
): Promise<'paid' | 'failed' | 'nothing'> {
  const waiting = await authenticationOf(tx, await tx.objects.get('checkout.session', sessionId));
  if (!waiting) return 'nothing';
  if (passed) {
    await payNow(tx, sessionId, waiting.intent, waiting.method, origin);
    return 'paid';
  }
  await failAuthentication(tx, waiting.intent, waiting.method);
  return 'failed';
}

/** The payment that waits for the customer's bank, where there is one. */
export async function authenticationOf({ objects }: Tx, session: Session) {
  if (session.status !== 'open' || session.payment_intent === null) return undefined;
  const intent = await objects.get('payment_intent', session.payment_intent);
  if (intent.status !== 'requires_action' || intent.payment_method === null) return undefined;
  return { intent, method: await objects.get('payment_method', intent.payment_method) };
}
