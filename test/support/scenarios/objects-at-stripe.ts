import type { CheckoutSession, Dispute, Refund } from '../../../src/stripe/stripe.types.js';
import type { ScenarioEvents } from './generate.js';
import { isPaid } from './events-of-payment.js';

/** What Stripe has once these scenarios are lived, as its lists give it. */
export function objectsAtStripe(generated: readonly ScenarioEvents[]) {
  const objects = generated.flatMap((events) => [...events.objects.values()]) as { object: string }[];
  return {
    sessions: generated.map(sessionOf),
    refunds: objects.filter(({ object }) => object === 'refund') as unknown as Refund[],
    disputes: objects.filter(({ object }) => object === 'dispute') as unknown as Dispute[],
  };
}

/** A list in pages of 100. */
export async function* inPages<T>(all: readonly T[]): AsyncGenerator<T[]> {
  for (let at = 0; at < all.length; at += 100) yield all.slice(at, at + 100);
}

const INTENT_STATUS = {
  'left open': 'requires_payment_method',
  expires: 'canceled',
  'paid by card': 'succeeded',
  'debit settles': 'succeeded',
  'debit under way': 'processing',
  'debit fails': 'requires_payment_method',
};

/** The session with its Payment Intent and that with its charge; a session that nobody tried to pay has none. */
function sessionOf(events: ScenarioEvents): CheckoutSession {
  const { scenario, objects, names } = events;
  const session = objects.get(`cs_test_${names.tag}`) ?? events.session({ status: 'open', payment_status: 'unpaid' });
  const begun = scenario.declines > 0 || objects.has(`cs_test_${names.tag}`);
  const declined = objects.get(events.intent) as { last_payment_error: object } | undefined;
  const intent = {
    id: events.intent,
    object: 'payment_intent',
    metadata: events.metadata,
    status: INTENT_STATUS[scenario.checkout],
    last_payment_error: isPaid(scenario) ? null : (declined?.last_payment_error ?? null),
    latest_charge: isPaid(scenario) ? events.charge({ created: 1_795_000_000 }) : null,
  };
  return { expires_at: 1_795_090_000, ...session, payment_intent: begun ? intent : null } as unknown as CheckoutSession;
}
