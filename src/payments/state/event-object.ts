import type { StripeEventOf, StripeEventType } from '../../stripe/stripe.types.js';
import { idOf } from '../../stripe/stripe-fields.js';
import type { FactSource } from '../store/payment-store.service.js';

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const KINDS = {
  text: isText,
  /** An amount in minor units, or a moment in seconds. */
  count: isCount,
  /** Another object of Stripe's, by its id or expanded. */
  reference: (value: unknown) => idOf(value as string | { id: string } | null | undefined) !== undefined,
};

/** What a handler must know of an event's object, by the member's name. */
export type Parts = Readonly<Record<string, keyof typeof KINDS>>;

/** Why an event cannot be handled: what its object lacks. `undefined` where everything is there. */
export function missingPart(event: StripeEventOf<StripeEventType>, parts: Parts): string | undefined {
  const object = event.data.object as object as Readonly<Record<string, unknown>>;
  const name = Object.keys(parts).find((part) => !KINDS[parts[part] ?? 'text'](object[part]));
  return name && `its object has no ${name} that could be read, so nothing was done`;
}

/** What an event is to the history: its id, and when it happened by Stripe's clock. */
export const sourceOf = ({ id, created }: Pick<StripeEventOf<StripeEventType>, 'id' | 'created'>): FactSource => ({
  cause: id,
  at: new Date(created * 1_000),
});
