import type { CheckoutSession, Dispute, Refund } from '../../../src/stripe/stripe.types.js';
import type { ScenarioEvents } from './generate.js';
import { isPaid } from './events-of-payment.js';

/** What Stripe has once these lives are lived, as its lists give it. */
export function objectsAtStripe(stories: readonly ScenarioEvents[]) {
  const objects = stories.flatMap((story) => [...story.objects.values()]) as { object: string }[];
  return {
    sessions: stories.map(sessionOf),
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
function sessionOf(story: ScenarioEvents): CheckoutSession {
  const { life, objects, names } = story;
  const session = objects.get(`cs_test_${names.tag}`) ?? story.session({ status: 'open', payment_status: 'unpaid' });
  const begun = life.declines > 0 || objects.has(`cs_test_${names.tag}`);
  const declined = objects.get(story.intent) as { last_payment_error: object } | undefined;
  const intent = {
    id: story.intent,
    object: 'payment_intent',
    metadata: story.metadata,
    status: INTENT_STATUS[life.checkout],
    last_payment_error: isPaid(life) ? null : (declined?.last_payment_error ?? null),
    latest_charge: isPaid(life) ? story.charge({ created: 1_795_000_000 }) : null,
  };
  return { expires_at: 1_795_090_000, ...session, payment_intent: begun ? intent : null } as unknown as CheckoutSession;
}
