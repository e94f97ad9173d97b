import { Stripe } from 'stripe';

const RATE_LIMITED = 429;

/**
 * An HTTP client for the SDK with which it tries a call again that was refused for its rate: with the same idempotency key,
 * after its growing waits, as after a 500. By itself it does not, unless Stripe advises it to.
 */
export function retriedRateLimits(): ReturnType<typeof Stripe.createNodeHttpClient> {
  const client = Stripe.createNodeHttpClient();
  const makeRequest: typeof client.makeRequest = client.makeRequest.bind(client);
  client.makeRequest = async (...request) => {
    const response = await makeRequest(...request);
    if (response.getStatusCode() !== RATE_LIMITED) return response;
    const headers = response.getHeaders();
    response.getHeaders = () => ({ ...headers, 'stripe-should-retry': 'true' });
    return response;
  };
  return client;
}
