import type { EntityManager } from 'typeorm';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent } from '../../webhook/handles-stripe-event.decorator.js';
import type { StripeEventHandler } from '../../webhook/stripe-event-handler.js';
import { CheckoutRecord } from '../checkout/checkout-record.service.js';
import { newsOf } from './event-news.js';

/** The customer went through with it: paid, or promised to by a method that settles later. */
@HandlesStripeEvent('checkout.session.completed')
export class RecordCheckoutCompleted implements StripeEventHandler<'checkout.session.completed'> {
  constructor(private readonly checkouts: CheckoutRecord) {}

  apply(event: StripeEventOf<'checkout.session.completed'>, tx: EntityManager): Promise<void> {
    return this.applyAll([event], tx);
  }

  applyAll(events: StripeEventOf<'checkout.session.completed'>[], tx: EntityManager): Promise<void> {
    return this.checkouts.add(tx, events.map(newsOf));
  }
}
