import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../webhook/index.js';
import { CheckoutRecord } from '../checkout/checkout-record.service.js';
import { newsOf, reasonToIgnoreCheckout } from './checkout-source.js';

/** The customer never came back to pay. */
@HandlesStripeEvent('checkout.session.expired')
export class ExpireCheckout implements StripeEventHandler<'checkout.session.expired'> {
  constructor(
    private readonly env: Env,
    private readonly checkouts: CheckoutRecord,
  ) {}

  reasonToIgnore(event: StripeEventOf<'checkout.session.expired'>): string | undefined {
    return reasonToIgnoreCheckout(event, this.env);
  }

  apply(event: StripeEventOf<'checkout.session.expired'>, tx: EntityManager): Promise<void> {
    return this.applyAll([event], tx);
  }

  applyAll(events: StripeEventOf<'checkout.session.expired'>[], tx: EntityManager): Promise<void> {
    return this.checkouts.add(tx, events.map(newsOf));
  }
}
