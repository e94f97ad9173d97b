import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../webhook/index.js';
import { type CheckoutUpdate, CheckoutSync } from '../checkout/checkout-sync.service.js';
import { reasonNotOurs } from '../store/session-owner.js';
import { missingPart, type Parts, sourceOf } from '../state/event-object.js';

type CheckoutEvent = StripeEventOf<
  | 'checkout.session.completed'
  | 'checkout.session.async_payment_succeeded'
  | 'checkout.session.async_payment_failed'
  | 'checkout.session.expired'
>;

/** What an event says about a Checkout Session. */
export const toCheckoutUpdate = (event: CheckoutEvent): CheckoutUpdate => ({
  session: event.data.object,
  ...sourceOf(event),
});

/** Why a session's event is left alone: it lacks what must be known, or is not of this app. */
export function reasonToIgnoreCheckout(event: CheckoutEvent, env: Env): string | undefined {
  const session = event.data.object;
  const parts: Parts = { id: 'text', ...(session.status === 'complete' && { payment_status: 'text' }) };
  const isOther = typeof session.mode === 'string' && session.mode !== 'payment';
  const other = isOther ? `a Checkout Session in mode ${session.mode}, which takes no one-time payment` : undefined;
  // A payment that is recorded already goes on, also where its link is not named ours any more.
  const notOurs = event.type === 'checkout.session.completed' ? reasonNotOurs(session, env) : undefined;
  return missingPart(event, parts) ?? other ?? notOurs;
}

/** The customer went through with it: paid, or promised to by a method that settles later. */
@HandlesStripeEvent('checkout.session.completed')
export class RecordCheckoutCompleted implements StripeEventHandler<'checkout.session.completed'> {
  constructor(
    private readonly env: Env,
    private readonly checkouts: CheckoutSync,
  ) {}

  reasonToIgnore(event: StripeEventOf<'checkout.session.completed'>): string | undefined {
    return reasonToIgnoreCheckout(event, this.env);
  }

  apply(event: StripeEventOf<'checkout.session.completed'>, tx: EntityManager): Promise<void> {
    return this.applyAll([event], tx);
  }

  applyAll(events: StripeEventOf<'checkout.session.completed'>[], tx: EntityManager): Promise<void> {
    return this.checkouts.add(tx, events.map(toCheckoutUpdate));
  }
}

type AsyncPaymentEvent = 'checkout.session.async_payment_succeeded' | 'checkout.session.async_payment_failed';

/** A delayed method, such as a bank debit, went through, or did not. */
@HandlesStripeEvent('checkout.session.async_payment_succeeded', 'checkout.session.async_payment_failed')
export class RecordDelayedPayment implements StripeEventHandler<AsyncPaymentEvent> {
  constructor(
    private readonly env: Env,
    private readonly checkouts: CheckoutSync,
  ) {}

  reasonToIgnore(event: StripeEventOf<AsyncPaymentEvent>): string | undefined {
    return reasonToIgnoreCheckout(event, this.env);
  }

  async apply(event: StripeEventOf<AsyncPaymentEvent>, tx: EntityManager): Promise<void> {
    const paymentFailed = event.type === 'checkout.session.async_payment_failed';
    await this.checkouts.add(tx, [{ ...toCheckoutUpdate(event), paymentFailed }]);
  }
}

/** The customer never came back to pay. */
@HandlesStripeEvent('checkout.session.expired')
export class ExpireCheckout implements StripeEventHandler<'checkout.session.expired'> {
  constructor(
    private readonly env: Env,
    private readonly checkouts: CheckoutSync,
  ) {}

  reasonToIgnore(event: StripeEventOf<'checkout.session.expired'>): string | undefined {
    return reasonToIgnoreCheckout(event, this.env);
  }

  apply(event: StripeEventOf<'checkout.session.expired'>, tx: EntityManager): Promise<void> {
    return this.applyAll([event], tx);
  }

  applyAll(events: StripeEventOf<'checkout.session.expired'>[], tx: EntityManager): Promise<void> {
    return this.checkouts.add(tx, events.map(toCheckoutUpdate));
  }
}
