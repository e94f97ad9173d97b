/** The parts of an event's object that may say which payment it is about. */
interface Named {
  id?: unknown;
  object?: unknown;
  metadata?: unknown;
  payment_intent?: unknown;
}

/**
 * The payment an event is about, as far as its object says: our own id of it (`metadata.payment_id`), else its Payment Intent,
 * else its Checkout Session. For people who look for it: each is taken by `payments show`.
 */
export function paymentOf(content: unknown): string | undefined {
  const object = memberOf(memberOf(content, 'data'), 'object') as Named | undefined;
  const { id, object: kind, metadata, payment_intent: intent } = object ?? {};
  const own = kind === 'payment_intent' || kind === 'checkout.session' ? id : undefined;
  return textOf(memberOf(metadata, 'payment_id')) ?? textOf(intent) ?? textOf(memberOf(intent, 'id')) ?? textOf(own);
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** As long as an id of Stripe's may be. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w-]{1,255}$/.test(value) ? value : undefined;
