import { Injectable } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { Env } from '../config/env.js';
import { callStripe, paginate, stripeClientOf } from './stripe-client.js';
import { choicesOf, toUnixSeconds } from './stripe-fields.js';
import { isMissing } from './stripe.errors.js';
import type {
  CheckoutSession,
  Invoice,
  ItemChange,
  NewSubscriptionCheckout,
  Subscription,
  UnpaidChange,
} from './stripe.types.js';

/** Calls about subscriptions and invoices. Tests mock it, like StripeService; calls are bounded and reject as described there. */
@Injectable()
export class StripeSubscriptions {
  private readonly client: Stripe;

  constructor(env: Env) {
    this.client = stripeClientOf(env);
  }

  /** A Checkout Session in `subscription` mode, in flexible billing mode. */
  createSubscriptionCheckout(checkout: NewSubscriptionCheckout): Promise<CheckoutSession> {
    const { metadata, trialDays, adjustableQuantity } = checkout;
    const params: Stripe.Checkout.SessionCreateParams = {
      mode: 'subscription',
      line_items: [
        {
          price: checkout.priceId,
          quantity: checkout.quantity,
          ...(adjustableQuantity && { adjustable_quantity: { enabled: true, ...adjustableQuantity } }),
        },
      ],
      customer: checkout.customerId,
      client_reference_id: checkout.clientReferenceId,
      success_url: checkout.successUrl,
      cancel_url: checkout.cancelUrl,
      metadata,
      subscription_data: {
        metadata,
        billing_mode: { type: 'flexible' },
        ...(trialDays > 0 && { trial_period_days: trialDays }),
      },
      ...choicesOf(checkout),
    };
    const { idempotencyKey } = checkout;
    return callStripe('checkout.sessions.create', () =>
      this.client.checkout.sessions.create(params, { idempotencyKey }),
    );
  }

  /** The subscription with this id; `undefined` where Stripe has none. */
  findSubscription(id: string): Promise<Subscription | undefined> {
    return unlessMissing(callStripe('subscriptions.retrieve', () => this.client.subscriptions.retrieve(id)));
  }

  /** The invoice with this id, its payments and their Payment Intents; `undefined` where Stripe has none, such as a deleted draft. */
  findInvoice(id: string): Promise<Invoice | undefined> {
    const expand = ['payments.data.payment.payment_intent'];
    return unlessMissing(callStripe('invoices.retrieve', () => this.client.invoices.retrieve(id, { expand })));
  }

  /** Subscriptions created since then, also ended ones, newest first, in pages. */
  subscriptionsSince(since: Date): AsyncGenerator<Subscription[]> {
    const params = { status: 'all' as const, created: { gte: toUnixSeconds(since) } };
    return paginate((page) =>
      callStripe('subscriptions.list', () => this.client.subscriptions.list({ ...params, ...page })),
    );
  }

  /** Subscriptions created before then that have not ended, newest first, in pages. */
  liveSubscriptionsBefore(before: Date): AsyncGenerator<Subscription[]> {
    const params = { created: { lt: toUnixSeconds(before) } }; // without a status, Stripe leaves out those that are canceled
    return paginate((page) =>
      callStripe('subscriptions.list', () => this.client.subscriptions.list({ ...params, ...page })),
    );
  }

  /** Invoices created since then, newest first, in pages, each with its payments. */
  invoicesSince(since: Date): AsyncGenerator<Invoice[]> {
    const params = { created: { gte: toUnixSeconds(since) }, expand: ['data.payments'] };
    return paginate((page) => callStripe('invoices.list', () => this.client.invoices.list({ ...params, ...page })));
  }

  /** Invoices of one status created before then, newest first, in pages, each with its payments. */
  invoicesBefore(before: Date, status: 'draft' | 'open'): AsyncGenerator<Invoice[]> {
    const params = { created: { lt: toUnixSeconds(before) }, status, expand: ['data.payments'] };
    return paginate((page) => callStripe('invoices.list', () => this.client.invoices.list({ ...params, ...page })));
  }

  /** Ends a subscription at once. Refused where it has ended already. */
  cancelSubscription(id: string, idempotencyKey: string): Promise<Subscription> {
    return callStripe('subscriptions.cancel', () => this.client.subscriptions.cancel(id, {}, { idempotencyKey }));
  }

  /** Schedules the end with the present period. `feedback`: one of Stripe's words for why. */
  scheduleEnd(id: string, feedback: string | undefined, idempotencyKey: string): Promise<Subscription> {
    type Feedback = Stripe.SubscriptionUpdateParams.CancellationDetails['feedback'];
    const params: Stripe.SubscriptionUpdateParams = {
      cancel_at_period_end: true,
      ...(feedback !== undefined && { cancellation_details: { feedback: feedback as Feedback } }),
    };
    return callStripe('subscriptions.update', () => this.client.subscriptions.update(id, params, { idempotencyKey }));
  }

  /**
   * Takes a scheduled end back.
   * @param hasOwnEnd whether `cancel_at` alone is set, as the portal does it in flexible billing mode
   */
  takeEndBack(id: string, hasOwnEnd: boolean, idempotencyKey: string): Promise<Subscription> {
    const params: Stripe.SubscriptionUpdateParams = hasOwnEnd ? { cancel_at: '' } : { cancel_at_period_end: false };
    return callStripe('subscriptions.update', () => this.client.subscriptions.update(id, params, { idempotencyKey }));
  }

  /** The invoice that a change would bring: at once with prorations or a new period, else the next one. Nothing is stored. */
  previewChange(change: ItemChange): Promise<Invoice> {
    const params = { subscription: change.subscriptionId, subscription_details: changeParams(change) };
    return callStripe('invoices.createPreview', () => this.client.invoices.createPreview(params));
  }

  /**
   * Makes a change, and charges at once what it costs.
   * @throws StripeRefusedError with status 402 where that was not paid and `unpaid` is `error_if_incomplete`
   */
  changeSubscription(change: ItemChange, unpaid: UnpaidChange, idempotencyKey: string): Promise<Subscription> {
    const params = { ...changeParams(change), payment_behavior: unpaid };
    return callStripe('subscriptions.update', () =>
      this.client.subscriptions.update(change.subscriptionId, params, { idempotencyKey }),
    );
  }

  /** Voids an open invoice: it cannot be paid any more, and a pending update that waits for it is dropped. */
  voidInvoice(id: string, idempotencyKey: string): Promise<Invoice> {
    return callStripe('invoices.voidInvoice', () => this.client.invoices.voidInvoice(id, {}, { idempotencyKey }));
  }

  /** Resumes a paused subscription: a period begins now and is charged at once. */
  resumeSubscription(id: string, idempotencyKey: string): Promise<Subscription> {
    return callStripe('subscriptions.resume', () => this.client.subscriptions.resume(id, {}, { idempotencyKey }));
  }
}

/** The same words for a preview and for the change, so that what was previewed is charged. */
const changeParams = ({ itemId, priceId, quantity, restarts, prorationDate }: ItemChange) => ({
  items: [{ id: itemId, price: priceId, quantity }],
  ...(restarts && { billing_cycle_anchor: { type: 'now' as const } }),
  ...(prorationDate === undefined
    ? { proration_behavior: 'none' as const }
    : { proration_behavior: 'always_invoice' as const, proration_date: prorationDate }),
});

async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
