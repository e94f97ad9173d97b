import type { EntityManager } from 'typeorm';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent } from '../../webhook/handles-stripe-event.decorator.js';
import type { StripeEventHandler } from '../../webhook/stripe-event-handler.js';
import { CheckoutRecord } from '../checkout/checkout-record.service.js';
import { newsOf } from './event-news.js';

/** The customer never came back to pay. */
@HandlesStripeEvent('checkout.session.expired')
export class ExpireCheckout implements StripeEventHandler<'checkout.session.expired'> {
  constructor(private readonly checkouts: CheckoutRecord) {}

  apply(event: StripeEventOf<'checkout.session.expired'>, tx: EntityManager): Promise<void> {
    return this.applyAll([event], tx);
  }

  applyAll(events: StripeEventOf<'checkout.session.expired'>[], tx: EntityManager): Promise<void> {
    return this.checkouts.add(tx, events.map(newsOf));
  }
}
