import { isPlaceholder } from '../placeholders.js';
import type { Scenario } from '../recordings.js';
import type { Facts } from './facts.js';

/** By prefix: the kind of a need of which no facts were seen. */
const KINDS: Record<string, string> = {
  cus: 'customer',
  pm: 'payment_method',
  prod: 'product',
  price: 'price',
  pi: 'payment_intent',
  ch: 'charge',
  tok: 'token',
};

/** The kind of object that a need is, by its facts, by the calls that name it, or by its prefix. */
export function kindOfNeed({ calls }: Scenario, name: string, facts: Facts): string | undefined {
  if (typeof facts['object'] === 'string') return facts['object'];
  if (isPlaceholder(name)) return KINDS[/^\{([a-z]+)_/.exec(name)?.[1] ?? ''];
  const named = (pattern: RegExp): boolean =>
    calls.some(({ params }) => Object.entries(params).some(([key, value]) => value === name && pattern.test(key)));
  if (calls.some(({ path }) => path === `/v1/plans/${name}`) || named(/(^|\[)(plan|price)\]?$/)) return 'plan';
  return named(/(^|\[)coupon\]?$/) ? 'coupon' : undefined;
}

/** How a Payment Intent must be for the first call that is about it. */
export function startOf({ calls }: Scenario, name: string, { object, status }: Facts): Facts {
  if (object !== 'payment_intent' || status === 'requires_action') return {};
  const [, step] = calls.map(({ path }) => path.split(`${name}/`)).find((parts) => parts.length > 1) ?? [];
  if (step === 'capture') return { status: 'requires_capture', capture_method: 'manual' };
  return step === 'confirm' ? { status: 'requires_confirmation' } : {};
}
