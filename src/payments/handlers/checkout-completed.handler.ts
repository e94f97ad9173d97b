import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../webhook/index.js';
import { CheckoutRecord } from '../checkout/checkout-record.service.js';
import { newsOf, reasonToIgnoreCheckout } from './checkout-source.js';

/** The customer went through with it: paid, or promised to by a method that settles later. */
@HandlesStripeEvent('checkout.session.completed')
export class RecordCheckoutCompleted implements StripeEventHandler<'checkout.session.completed'> {
  constructor(
    private readonly env: Env,
    private readonly checkouts: CheckoutRecord,
  ) {}

  reasonToIgnore(event: StripeEventOf<'checkout.session.completed'>): string | undefined {
    return reasonToIgnoreCheckout(event, this.env);
  }

  apply(event: StripeEventOf<'checkout.session.completed'>, tx: EntityManager): Promise<void> {
    return this.applyAll([event], tx);
  }

  applyAll(events: StripeEventOf<'checkout.session.completed'>[], tx: EntityManager): Promise<void> {
    return this.checkouts.add(tx, events.map(newsOf));
  }
}
