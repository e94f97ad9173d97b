import type { EntityManager } from 'typeorm';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent } from '../../webhook/handles-stripe-event.decorator.js';
import type { StripeEventHandler } from '../../webhook/stripe-event-handler.js';
import { CheckoutRecord } from '../checkout-record.service.js';
import { newsOf } from './event-news.js';

/** The customer went through with it: paid, or promised to by a method that settles later. */
@HandlesStripeEvent('checkout.session.completed')
export class RecordCheckoutCompleted implements StripeEventHandler<'checkout.session.completed'> {
  constructor(private readonly checkouts: CheckoutRecord) {}

  async apply(event: StripeEventOf<'checkout.session.completed'>, tx: EntityManager): Promise<void> {
    await this.checkouts.add(tx, newsOf(event));
  }
}
