import { isPlaceholder } from '../placeholders.js';
import type { RecordedCall, Scenario } from '../recordings.js';

/** Whether it existed when the scenario began: something is known of it, or no call says that it is missing. */
export function existed({ calls, needs }: Scenario, name: string): boolean {
  if (Object.keys(needs?.[name] ?? {}).length > 0) return true;
  const uses = calls.filter((call) => names(call, name));
  return uses.some((call) => !saysMissing(call, name));
}

/** Whether a call names it in its path or parameters. */
export const names = ({ path, params }: RecordedCall, name: string): boolean =>
  path.split('/').includes(name) || Object.values(params).flat().includes(name);

/** A refusal that may be about this very object. Stripe also says `resource_missing`, without a param, of a missing card. */
function saysMissing({ path, params, status, error }: RecordedCall, name: string): boolean {
  if (status < 400) return false;
  if (status === 404) return path.split('/').includes(name);
  if (error?.code === 'resource_missing') return isAsked(params, error.param, name);
  // A literal id of which nothing is known may be one that never was.
  return error?.param !== null && !isPlaceholder(name);
}

/** Whether this param asks for it: `plan` may be `items[0][plan]`. */
const isAsked = (params: RecordedCall['params'], param: string | null, name: string): boolean =>
  param !== null &&
  Object.entries(params).some(([key, value]) => value === name && (key === param || key.endsWith(`[${param}]`)));

/** Whether a call of the scenario itself makes what has this literal id. */
export const isMade = ({ calls }: Scenario, name: string): boolean => {
  const first = calls.find((call) => names(call, name));
  return first?.method === 'POST' && first.params['id'] === name;
};

/** Ids that the recording hides. */
export function hiddenIds({ calls }: Scenario): string[] {
  const hidden = calls.some(({ params }) => params['payment_method'] === 'text' || params['customer'] === 'text');
  return hidden ? ['a hidden id'] : [];
}
