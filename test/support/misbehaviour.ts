import type { Fault } from 'local-stripe';

/** The chance of each of the five faults of calls. */
const CALL_CHANCE = 0.01;
/** Long enough to be overtaken, short enough for a test that waits. */
const DELAY_MS = 300;

function misbehaviourOf(seed: number): Fault[] {
  if (!Number.isSafeInteger(seed)) throw new Error('MISBEHAVE is a seed: a whole number');
  const calls: Fault[] = [
    { fault: 'server_error', when: 'before' },
    { fault: 'server_error', when: 'after' },
    { fault: 'rate_limit', when: 'before' },
    { fault: 'reset', when: 'before' },
    { fault: 'reset', when: 'after' },
  ];
  const deliveries: Fault[] = [
    { fault: 'twice', chance: 0.2 },
    { fault: 'late', chance: 0.2, delayMs: DELAY_MS },
    { fault: 'out_of_order', chance: 0.2, delayMs: DELAY_MS },
  ];
  const faults = [...calls.map((fault) => ({ ...fault, chance: CALL_CHANCE })), ...deliveries];
  return faults.map((fault, index) => ({ ...fault, seed: seed + index }));
}

/**
 * What Stripe does to an app sooner or later, on purpose and often: `MISBEHAVE=7 npm test` goes by the seed 7. Events come
 * twice, late and out of order; one call in twenty fails, before or after its work, in a way that is to be tried again.
 */
export const MISBEHAVIOUR: Fault[] = process.env.MISBEHAVE ? misbehaviourOf(Number(process.env.MISBEHAVE)) : [];

/** The same to a sandbox in another process, which forgets it when it ends. */
export async function misbehave(sandboxUrl: string): Promise<void> {
  if (MISBEHAVIOUR.length === 0) return;
  const faults = `${sandboxUrl}/_sandbox/faults`;
  await fetch(faults, { method: 'DELETE' });
  for (const { delayMs, ...fault } of MISBEHAVIOUR) {
    const body = JSON.stringify({ ...fault, delay_ms: delayMs });
    const { ok, status } = await fetch(faults, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    if (!ok) throw new Error(`The sandbox answered ${status} to a fault`);
  }
}
