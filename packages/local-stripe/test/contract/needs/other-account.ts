import type { RecordedCall, Scenario } from '../recordings.js';
import { names } from './existed.js';

/**
 * Whether a call does not find what the scenario made or used before and did not delete: it was made for another account, by a
 * header or a key that the recording does not show.
 */
export function isOfOtherAccount(call: RecordedCall, { calls }: Scenario): boolean {
  const { path, params, status, error } = call;
  const param = error?.param ?? '';
  const sought =
    status === 404 ? path.split('/').at(-1) : error?.code === 'resource_missing' ? params[param] : undefined;
  if (typeof sought !== 'string' || !sought.startsWith('{')) return false;
  const before = calls.slice(0, calls.indexOf(call)).filter((other) => other.status === 200);
  const known = before.filter((other) => other.values?.['id'] === sought || names(other, sought));
  return (
    known.length > 0 && known.every(({ method, on_account }) => method !== 'DELETE' && on_account === call.on_account)
  );
}
