import Stripe from 'stripe';
import { client } from '../support/sandbox-under-test.js';
import type { Call, Json } from './calls.js';

/** Makes the calls by the official SDK over HTTP; an error's answer is what the SDK makes of it. */
export function sdkCall({ port }: { port: number }): Call {
  const stripe = client(port);
  return async (method, path, params = {}) => {
    try {
      const query = new URLSearchParams(params).toString();
      const body = await (method === 'POST'
        ? stripe.rawRequest(method, path, params)
        : stripe.rawRequest(method, query ? `${path}?${query}` : path));
      return { status: 200, body: JSON.parse(JSON.stringify(body)) as Json };
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
      const { statusCode = 0, code, rawType: type } = error;
      return { status: statusCode, body: { error: { code, type } } };
    }
  };
}
