import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import { HandlesStripeEvent, type StripeEventHandler, type StripeEventOf } from '../../webhook/index.js';
import { CheckoutSync, type CheckoutUpdate } from '../checkout/checkout-sync.service.js';
import { missingField, sourceOf } from '../../stripe/stripe-fields.js';
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
  ) {}

  /** Also ignores another app's payment links. Later events of a payment count even if PAYMENT_LINKS has changed since. */
  reasonToIgnore(event: StripeEventOf<CompletedEvent>): string | undefined {
    return reasonToIgnoreCheckout(event) ?? reasonNotOurs(event.data.object, this.env);
  }

  apply(event: StripeEventOf<CompletedEvent>, tx: EntityManager): Promise<void> {
    return this.applyAll([event], tx);
  }

  applyAll(events: StripeEventOf<CompletedEvent>[], tx: EntityManager): Promise<void> {
    return this.checkouts.add(tx, events.map(toCheckoutUpdate));
  }
}

/** The checkout ended without a payment. */
@HandlesStripeEvent('checkout.session.expired')
export class ExpireCheckout implements StripeEventHandler<ExpiredEvent> {
  constructor(private readonly checkouts: CheckoutSync) {}

  reasonToIgnore(event: StripeEventOf<ExpiredEvent>): string | undefined {
    return reasonToIgnoreCheckout(event);
  }

  apply(event: StripeEventOf<ExpiredEvent>, tx: EntityManager): Promise<void> {
    return this.applyAll([event], tx);
  }

  applyAll(events: StripeEventOf<ExpiredEvent>[], tx: EntityManager): Promise<void> {
    return this.checkouts.add(tx, events.map(toCheckoutUpdate));
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

const toCheckoutUpdate = (event: CheckoutEvent): CheckoutUpdate => ({
  session: event.data.object,
  ...sourceOf(event),
});

/** Ignores what cannot be read, and sessions that take no one-time payment. */
function reasonToIgnoreCheckout({ data: { object: session } }: CheckoutEvent): string | undefined {
  const missing = missingField('Checkout Session', session, {
    id: 'word',
    ...(session.status === 'complete' && { payment_status: 'word' }),
  });
  const isOther = typeof session.mode === 'string' && session.mode !== 'payment';
  const other = isOther ? `a Checkout Session in mode ${session.mode}, which takes no one-time payment` : undefined;
  return missing ?? other;
}
