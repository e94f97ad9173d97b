import { idOf, fromUnixSeconds, identifierOf } from '../../stripe/stripe-fields.js';
import type { Dispute } from '../../stripe/stripe.types.js';
import type { DisputeFacts } from '../state/dispute-money.js';
import { type DisputeState, readDisputeStatus } from '../state/dispute-state.js';
import { missingField } from '../state/event-object.js';

/** Why no facts can be taken from a dispute; `undefined` where they can. */
export const missingInDispute = (dispute: unknown): string | undefined =>
  missingField('dispute', dispute, {
    id: 'word',
    payment_intent: 'reference',
    amount: 'amount',
    currency: 'word',
    status: 'word',
  });

/** The id of the disputed Payment Intent; `undefined` where the dispute names none. */
export const paymentIntentOf = (dispute: Partial<Dispute>): string | undefined =>
  identifierOf(idOf(dispute.payment_intent));

/** The state of a dispute as it was at `at`, by Stripe's clock. */
export const stateOfDispute = (dispute: Dispute, at: Date): DisputeState => ({
  status: readDisputeStatus(dispute.status),
  statusAt: at,
  amount: dispute.amount,
  currency: dispute.currency.toLowerCase(),
  reason: identifierOf(dispute.reason) ?? 'unknown',
  caseType: identifierOf(dispute.payment_method_details?.card?.case_type) ?? null,
  isChargeRefundable: typeof dispute.is_charge_refundable === 'boolean' ? dispute.is_charge_refundable : null,
});

/** What a dispute's balance transactions say about its money as it was at `at`. Without a list, nothing is known. */
export function balanceOfDispute(
  dispute: Dispute,
  at: Date,
): Pick<DisputeFacts, 'withdrawnAt' | 'reinstatedAt' | 'balanceCurrency' | 'withdrawnSum' | 'reinstatedSum'> {
  const listed: unknown = dispute.balance_transactions;
  const booked = (Array.isArray(listed) ? listed : []).filter(isExpanded);
  const [out, back] = [booked.filter(({ amount }) => amount < 0), booked.filter(({ amount }) => amount > 0)];
  const [balanceCurrency = null, ...others] = new Set(
    booked.map(({ currency }) => identifierOf(currency)?.toLowerCase()),
  );
  const canBeAdded = balanceCurrency !== null && others.length === 0;
  return {
    withdrawnAt: lastOf(out, openedAt(dispute) ?? at),
    reinstatedAt: lastOf(back, at),
    balanceCurrency: canBeAdded ? balanceCurrency : null,
    withdrawnSum: canBeAdded ? sum(out) : 0,
    reinstatedSum: canBeAdded ? sum(back) : 0,
  };
}

/** The deadline for evidence; `null` where the bank takes none (Stripe says 0 or null). */
export const dueByOf = ({ evidence_details: details }: Dispute): Date | null => fromUnixSeconds(details?.due_by);

/** When the dispute was opened, by Stripe's clock; `null` where it does not say. */
export const openedAt = ({ created }: Dispute): Date | null => fromUnixSeconds(created);

interface BalanceTransaction {
  amount: number;
  currency?: unknown;
  created?: unknown;
}

/** Whether the entry is expanded: an id alone has no amount. */
const isExpanded = (entry: unknown): entry is BalanceTransaction =>
  typeof entry === 'object' && entry !== null && 'amount' in entry && Number.isSafeInteger(entry.amount);

const sum = (booked: readonly BalanceTransaction[]): number =>
  booked.reduce((total, { amount }) => total + Math.abs(amount), 0);

/** When the last of them was booked: `undated` where it does not say, `null` where there is none. */
const lastOf = (booked: readonly BalanceTransaction[], undated: Date): Date | null =>
  booked
    .map(({ created }) => fromUnixSeconds(created) ?? undated)
    .reduce<Date | null>((last, moment) => (last && last > moment ? last : moment), null);
