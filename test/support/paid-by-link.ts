import { Env } from '../../src/config/env.js';
import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import type { StripeEventOf } from '../../src/stripe/stripe.types.js';
import { aCheckoutSession, anEvent } from './mock-stripe.js';
import type { TestingApp } from './testing-app.js';

/** The event of USD 19.99 that were paid by a payment link of this app: Payment Intent `pi_1`. */
export const paidByLink = ({ module }: TestingApp): StripeEventOf<'checkout.session.completed'> =>
  anEvent(
    'checkout.session.completed',
    aCheckoutSession({
      mode: 'payment',
      status: 'complete',
      payment_status: 'paid',
      payment_link: 'plink_1',
      payment_intent: 'pi_1',
      metadata: { app_name: module.get(Env, { strict: false }).appName },
      created: 1_795_000_000,
      customer_details: { email: 'customer@example.com' } as never,
    }),
  );

/** That payment, as the operator sees it. */
export const linkPayment = ({ module }: TestingApp) => module.get(PaymentReader, { strict: false }).details('pi_1');
