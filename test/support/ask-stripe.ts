import { eventually } from './eventually.js';

/**
 * A test's own call to Stripe: its JSON. A POST where there is a body, a GET where there is none. Tried again until it goes
 * through, since faults may be set at the sandbox; a refusal is an error at once.
 */
export function askStripe<T extends object>(
  sandboxUrl: string,
  path: string,
  body?: Record<string, string>,
): Promise<T> {
  const key = body && { 'idempotency-key': crypto.randomUUID() };
  const headers = { authorization: 'Bearer sk_test_x', ...key };
  const posting = body && { method: 'POST', body: new URLSearchParams(body) };
  return eventually(`Stripe answers to ${path}`, async () => {
    const response = await fetch(sandboxUrl + path, { headers, ...posting }).catch(() => undefined);
    if (!response || response.status === 429 || response.status >= 500) return undefined;
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }) as Promise<T>;
}
