import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import { HandlesStripeEvent, type StripeEventHandler } from '../../webhook/index.js';
import { CheckoutRecord } from '../checkout/checkout-record.service.js';
import { newsOf, reasonToIgnoreCheckout } from './checkout-source.js';

type AsyncPaymentEvent = 'checkout.session.async_payment_succeeded' | 'checkout.session.async_payment_failed';

/** A delayed method, such as a bank debit, went through, or did not. */
@HandlesStripeEvent('checkout.session.async_payment_succeeded', 'checkout.session.async_payment_failed')
export class RecordDelayedPayment implements StripeEventHandler<AsyncPaymentEvent> {
  constructor(
    private readonly env: Env,
    private readonly checkouts: CheckoutRecord,
  ) {}

  reasonToIgnore(event: StripeEventOf<AsyncPaymentEvent>): string | undefined {
    return reasonToIgnoreCheckout(event, this.env);
  }

  async apply(event: StripeEventOf<AsyncPaymentEvent>, tx: EntityManager): Promise<void> {
    const paymentFailed = event.type === 'checkout.session.async_payment_failed';
    await this.checkouts.add(tx, [{ ...newsOf(event), paymentFailed }]);
  }
}
