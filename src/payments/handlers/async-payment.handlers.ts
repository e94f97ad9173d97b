import type { EntityManager } from 'typeorm';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent } from '../../webhook/handles-stripe-event.decorator.js';
import type { StripeEventHandler } from '../../webhook/stripe-event-handler.js';
import { CheckoutRecord } from '../checkout/checkout-record.service.js';
import { newsOf } from './event-news.js';

/** A delayed method, such as a bank debit, went through. */
@HandlesStripeEvent('checkout.session.async_payment_succeeded')
export class SettleDelayedPayment implements StripeEventHandler<'checkout.session.async_payment_succeeded'> {
  constructor(private readonly checkouts: CheckoutRecord) {}

  async apply(event: StripeEventOf<'checkout.session.async_payment_succeeded'>, tx: EntityManager): Promise<void> {
    await this.checkouts.add(tx, [newsOf(event)]);
  }
}

/** A delayed method did not go through. */
@HandlesStripeEvent('checkout.session.async_payment_failed')
export class FailDelayedPayment implements StripeEventHandler<'checkout.session.async_payment_failed'> {
  constructor(private readonly checkouts: CheckoutRecord) {}

  async apply(event: StripeEventOf<'checkout.session.async_payment_failed'>, tx: EntityManager): Promise<void> {
    await this.checkouts.add(tx, [{ ...newsOf(event), paymentFailed: true }]);
  }
}
