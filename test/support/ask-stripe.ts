import { eventually } from './eventually.js';

/** A POST to the local Stripe's own controls, such as `clock` or `webhooks/hold`. */
export async function controlSandbox(sandboxUrl: string, path: string, body: object = {}): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const url = `${sandboxUrl}/_sandbox/${path}`;
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

/** Moves the local Stripe's clock, by a time such as `15d` or to one; resolves when all that became due is done there. */
export const moveClock = (sandboxUrl: string, move: { advance: string } | { to: string }): Promise<void> =>
  controlSandbox(sandboxUrl, 'clock', move);

/** Bank debits from now on settle or fail when the clock has been moved by `DEBIT_TAKES`, however slow the machine is. */
export const slowBankDebits = (sandboxUrl: string): Promise<void> =>
  controlSandbox(sandboxUrl, 'settings', { bank_debit_ms: 24 * 60 * 60 * 1_000 });
export const DEBIT_TAKES = '1d';

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
