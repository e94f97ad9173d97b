import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { integer, optional, shape, text } from '../conventions/params/index.js';
import { ApiError, invalidRequest } from '../conventions/errors.js';
import { cardError } from './new-payment-method.js';
import { submitSession } from './session-payment.js';
import { cardRefused } from './confirm-intent.js';
import { paymentMethodFor } from './payment-method-for.js';
import { retrieving, findOr404 } from './reading.js';

/**
 * The undocumented calls of Stripe's own payment page, which the Stripe CLI uses to trigger Checkout events. The
 * page is its session.
 */
const confirm = endpoint(
  shape({ expected_amount: optional(integer()), payment_method: text }),
  async ({ tx, params, id, origin }) => {
    const session = await findOr404(tx, 'checkout.session', id);
    if (session.status !== 'open') throw invalidRequest(`This Checkout Session is no longer open: ${session.status}.`);
    if (params.expected_amount !== undefined && params.expected_amount !== session.amount_total) {
      throw invalidRequest('The amount has changed since the page was loaded.', 'expected_amount');
    }
    const method = await paymentMethodFor(tx, params.payment_method, 'payment_method');
    if (!session.payment_method_types.includes(method.type)) {
      throw invalidRequest(`This Checkout Session does not take ${method.type}.`, 'payment_method');
    }
    const result = await submitSession(tx, session, method, origin);
    if (result.outcome === 'declined') {
      const { failure, payment } = result;
      throw payment ? cardRefused(payment, method) : kept(cardError(failure));
    }
    return findOr404(tx, 'checkout.session', id);
  },
);

/** The failed attempt is kept, as with a decline. */
const kept = ({ status, details }: ApiError): ApiError => new ApiError(status, details, 'kept');

export function paymentPageRoutes(api: ApiRouter): void {
  api.get('/payment_pages/:id', retrieving('checkout.session'));
  api.post('/payment_pages/:id/confirm', confirm);
}
