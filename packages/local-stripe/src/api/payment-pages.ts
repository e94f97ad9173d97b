import { paySession } from '../payments/pay-session.js';
import { nowMs } from '../model/clock.js';
import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { integer, optional, shape, text } from '../conventions/params/index.js';
import { invalidRequest } from '../conventions/errors.js';
import { cardRefused } from './confirm-intent.js';
import { paymentMethodFor } from './payment-method-for.js';
import { retrieving, findOr404 } from './reading.js';

/**
 * The undocumented calls of Stripe's own payment page, which the Stripe CLI uses to trigger Checkout events. The
 * page is its session.
 */
const confirm = (delayMs: number) =>
  endpoint(
    shape({ expected_amount: optional(integer()), payment_method: text }),
    async ({ tx, params, id, origin }) => {
      const session = await findOr404(tx, 'checkout.session', id);
      if (session.status !== 'open')
        throw invalidRequest(`This Checkout Session is no longer open: ${session.status}.`);
      if (params.expected_amount !== undefined && params.expected_amount !== session.amount_total) {
        throw invalidRequest('The amount has changed since the page was loaded.', 'expected_amount');
      }
      const method = await paymentMethodFor(tx, params.payment_method, 'payment_method');
      if (!session.payment_method_types.includes(method.type)) {
        throw invalidRequest(`This Checkout Session does not take ${method.type}.`, 'payment_method');
      }
      const result = await paySession(tx, session, method, { origin, settlesAtMs: nowMs() + delayMs });
      if (result.outcome === 'declined') throw cardRefused(result.payment, method);
      return findOr404(tx, 'checkout.session', id);
    },
  );

export function paymentPageRoutes(api: ApiRouter, delayMs: number): void {
  api.get('/payment_pages/:id', retrieving('checkout.session'));
  api.post('/payment_pages/:id/confirm', confirm(delayMs));
}
