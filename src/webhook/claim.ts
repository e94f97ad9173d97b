import type { StripeEventOf, StripeEventType } from '../stripe/stripe.types.js';
import type { IncomingEvent } from './incoming-event.js';

/** An event that this worker may handle until its lease ends. */
export interface Claim {
  event: StripeEventOf<StripeEventType>;
  /** How often handling it was begun, this time included. On the first, nothing of its handling is stored yet. */
  attempts: number;
}

/** A claim on an event that was read whole. */
export const claimOf = ({ content }: IncomingEvent, attempts: number): Claim => ({
  event: content as unknown as Claim['event'],
  attempts,
});

/** What is stored of an event that nobody handles any more. */
export const dead = (reason: string) => ({ status: 'dead' as const, reason, nextAttemptAt: null, leaseToken: null });

/** The lease ended and somebody else may have taken the event over: whatever is under way must not be stored. */
export class LostLeaseError extends Error {
  constructor(readonly eventIds: readonly string[]) {
    super(`The lease on ${eventIds.join(', ')} ended while it was handled; it is handled again`);
  }
}
