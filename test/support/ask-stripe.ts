import { until } from './until.js';

/** A test's own call to Stripe: its JSON. Tried again until it is answered, since the sandbox may be told to misbehave. */
export function askStripe(sandboxUrl: string, path: string, method = 'GET'): Promise<object> {
  const headers = {
    authorization: 'Bearer sk_test_x',
    ...(method === 'POST' && { 'idempotency-key': crypto.randomUUID() }),
  };
  return until(`Stripe answers to ${method} ${path}`, async () => {
    const response = await fetch(sandboxUrl + path, { method, headers }).catch(() => undefined);
    return response?.ok && ((await response.json()) as object);
  });
}
