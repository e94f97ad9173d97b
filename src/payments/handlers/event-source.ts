import type { StripeEventOf, StripeEventType } from '../../stripe/stripe.types.js';
import type { FactSource } from '../ledger/payment-ledger.service.js';

/** What an event is to the history: its id, and when it happened by Stripe's clock. */
export const sourceOf = ({ id, created }: Pick<StripeEventOf<StripeEventType>, 'id' | 'created'>): FactSource => ({
  cause: id,
  at: new Date(created * 1_000),
});
