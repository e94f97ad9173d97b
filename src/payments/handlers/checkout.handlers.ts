import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import { HandlesStripeEvent, type StripeEventHandler, type StripeEventOf } from '../../webhook/index.js';
import { OtherCheckouts } from '../checkout/other-checkouts.js';
import { CheckoutSync, type CheckoutUpdate } from '../checkout/checkout-sync.service.js';
import { idOf, missingField, sourceOf } from '../../stripe/stripe-fields.js';
import { reasonNotOurs } from '../store/payment-owner.js';

type CompletedEvent = 'checkout.session.completed';
type ExpiredEvent = 'checkout.session.expired';
type DelayedEvent = 'checkout.session.async_payment_succeeded' | 'checkout.session.async_payment_failed';
type CheckoutEvent = StripeEventOf<CompletedEvent | ExpiredEvent | DelayedEvent>;

/** The customer completed the checkout: it is paid, or a delayed method will settle later. */
@HandlesStripeEvent('checkout.session.completed')
export class RecordCheckoutCompleted implements StripeEventHandler<CompletedEvent> {
  constructor(
    private readonly env: Env,
    private readonly checkouts: CheckoutSync,
    private readonly others: OtherCheckouts,
  ) {}

  /** Also ignores another app's payment links. Later events of a payment count even if PAYMENT_LINKS has changed since. */
  reasonToIgnore(event: StripeEventOf<CompletedEvent>): string | undefined {
    return reasonToIgnoreCheckout(event, this.others) ?? reasonNotOurs(event.data.object, this.env);
  }

  lockKeys(event: StripeEventOf<CompletedEvent>): string[] {
    return lockKeysOf(event, this.others);
  }

  apply(event: StripeEventOf<CompletedEvent>, tx: EntityManager): Promise<void> {
    return this.applyAll([event], tx);
  }

  applyAll(events: StripeEventOf<CompletedEvent>[], tx: EntityManager): Promise<void> {
    return addAll(tx, events, this.checkouts, this.others);
  }
}

/** The checkout ended without a payment. */
@HandlesStripeEvent('checkout.session.expired')
export class ExpireCheckout implements StripeEventHandler<ExpiredEvent> {
  constructor(
    private readonly checkouts: CheckoutSync,
    private readonly others: OtherCheckouts,
  ) {}

  reasonToIgnore(event: StripeEventOf<ExpiredEvent>): string | undefined {
    return reasonToIgnoreCheckout(event, this.others);
  }

  lockKeys(event: StripeEventOf<ExpiredEvent>): string[] {
    return lockKeysOf(event, this.others);
  }

  apply(event: StripeEventOf<ExpiredEvent>, tx: EntityManager): Promise<void> {
    return this.applyAll([event], tx);
  }

  applyAll(events: StripeEventOf<ExpiredEvent>[], tx: EntityManager): Promise<void> {
    return addAll(tx, events, this.checkouts, this.others);
  }
}

/** A delayed method, such as a bank debit, succeeded or failed. */
@HandlesStripeEvent('checkout.session.async_payment_succeeded', 'checkout.session.async_payment_failed')
export class RecordDelayedPayment implements StripeEventHandler<DelayedEvent> {
  constructor(private readonly checkouts: CheckoutSync) {}

  reasonToIgnore(event: StripeEventOf<DelayedEvent>): string | undefined {
    return reasonToIgnoreCheckout(event);
  }

  async apply(event: StripeEventOf<DelayedEvent>, tx: EntityManager): Promise<void> {
    const paymentFailed = event.type === 'checkout.session.async_payment_failed';
    await this.checkouts.add(tx, [{ ...toCheckoutUpdate(event), paymentFailed }]);
  }
}

/** A session of another mode changes what its customer has; one of a payment is locked by `CheckoutSync`. */
function lockKeysOf(
  { data: { object: session } }: StripeEventOf<CompletedEvent | ExpiredEvent>,
  others: OtherCheckouts,
): string[] {
  const customer = others.listenerOf(session) && idOf(session.customer);
  return customer ? [customer] : [];
}

/** Payments go to `CheckoutSync`, many at once; sessions of other modes to whoever takes them. */
async function addAll(
  tx: EntityManager,
  events: readonly StripeEventOf<CompletedEvent | ExpiredEvent>[],
  checkouts: CheckoutSync,
  others: OtherCheckouts,
): Promise<void> {
  const payments: CheckoutUpdate[] = [];
  for (const event of events) {
    const listener = others.listenerOf(event.data.object);
    if (listener) await listener(tx, event.data.object, sourceOf(event));
    else payments.push(toCheckoutUpdate(event));
  }
  if (payments.length > 0) await checkouts.add(tx, payments);
}

const toCheckoutUpdate = (event: CheckoutEvent): CheckoutUpdate => ({
  session: event.data.object,
  ...sourceOf(event),
});

/** Ignores what cannot be read, and sessions that take no one-time payment and that no other room takes. */
function reasonToIgnoreCheckout(
  { data: { object: session } }: CheckoutEvent,
  others?: OtherCheckouts,
): string | undefined {
  const missing = missingField('Checkout Session', session, {
    id: 'word',
    ...(session.status === 'complete' && { payment_status: 'word' }),
  });
  const isOther = typeof session.mode === 'string' && session.mode !== 'payment' && !others?.listenerOf(session);
  const other = isOther ? `a Checkout Session in mode ${session.mode}, which takes no one-time payment` : undefined;
  return missing ?? other;
}
