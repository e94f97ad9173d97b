// Ends the process at a step, as a power cut does: each is a method of the built app, and the moment
// before or after what it does.
import { CheckoutPayments } from '../../dist/payments/checkout/checkout-payments.service.js';
import { CheckoutSync } from '../../dist/payments/checkout/checkout-sync.service.js';
import { RefundService } from '../../dist/payments/refunds/refund.service.js';
import { StripeService } from '../../dist/stripe/stripe.service.js';
import { AccessTimer } from '../../dist/subscriptions/access/access-timer.service.js';
import { EntitlementSync } from '../../dist/subscriptions/access/entitlement-sync.service.js';
import { HandlerRunner } from '../../dist/webhook/handler-runner.service.js';

const STEPS = {
  'row written': [CheckoutPayments, 'findOrOpen', 'after'],
  'session made at Stripe': [StripeService, 'createCheckoutSession', 'after'],
  'session noted': [CheckoutPayments, 'note', 'after'],
  'event stored': [HandlerRunner, 'runBatch', 'before'],
  'event half applied': [CheckoutSync, 'add', 'after'],
  'event applied': [HandlerRunner, 'runBatch', 'after'],
  'refund written': [StripeService, 'createRefund', 'before'],
  'refund made at Stripe': [StripeService, 'createRefund', 'after'],
  'refund stored': [RefundService, 'request', 'after'],
  'entitlements written': [EntitlementSync, 'set', 'after'],
  'access changed': [AccessTimer, 'runOne', 'after'],
};

/** @param {keyof typeof STEPS} step */
export function killAtStep(step) {
  const [{ prototype }, method, when] = STEPS[step];
  const original = prototype[method];
  prototype[method] = async function (...given) {
    if (when === 'before') process.kill(process.pid, 'SIGKILL');
    const result = await original.apply(this, given);
    process.kill(process.pid, 'SIGKILL');
    return result;
  };
}
