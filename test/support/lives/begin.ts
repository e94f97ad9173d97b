import { Env } from '../../../src/config/env.js';
import { CheckoutPayments } from '../../../src/payments/checkout/checkout-payments.service.js';
import { aCheckoutSession, metadataOf } from '../mock-stripe.js';
import type { TestingApp } from '../testing-app.js';
import type { Life } from './life.js';
import type { Names } from './storyteller.js';

/** What this app does at the beginning of a life: a row, and a note of its Checkout Session. */
export async function begin({ module }: TestingApp, life: Life, tag: string): Promise<Names> {
  const { appName } = module.get(Env, { strict: false });
  if (life.begun === 'payment link' || life.begun === 'another instance') return { tag, appName };
  const checkouts = module.get(CheckoutPayments, { strict: false });
  const { amount, currency } = life;
  const wish = { userId: 'jenny', email: 'jenny@example.com', description: 'A thing', priceKey: 'thing' };
  const paymentId = await checkouts.open({ ...wish, amount, currency });
  const session = aCheckoutSession({ id: `cs_test_${tag}`, metadata: metadataOf(paymentId) });
  if (life.begun === 'noted') await checkouts.note(session, 'checkout opened');
  return { tag, paymentId, appName };
}
