import { idOf, fromUnixSeconds, identifierOf } from '../../stripe/stripe-fields.js';
import type { Dispute } from '../../stripe/stripe.types.js';
import type { DisputeFacts } from '../state/dispute-money.js';
import { type DisputeState, readDisputeStatus } from '../state/dispute-state.js';

/** Why nothing can be learnt from this object, such as `its amount is missing`; `undefined` where all that must be known is there. */
export function missingOfDispute(dispute: Partial<Dispute> | null | undefined): string | undefined {
  if (!dispute || !identifierOf(dispute.id)) return 'the dispute has no id';
  if (!paymentIntentOf(dispute))
    return 'the dispute has no Payment Intent: it is of a charge that this app did not make';
  if (!Number.isSafeInteger(dispute.amount) || Number(dispute.amount) < 0) return 'the dispute has no amount';
  if (!identifierOf(dispute.currency)) return 'the dispute has no currency';
  return identifierOf(dispute.status) ? undefined : 'the dispute has no status';
}

export const paymentIntentOf = (dispute: Partial<Dispute>): string | undefined =>
  identifierOf(idOf(dispute.payment_intent));

/** What the object says of the dispute at that moment. */
export const stateOfDispute = (dispute: Dispute, at: Date): DisputeState => ({
  status: readDisputeStatus(dispute.status),
  statusAt: at,
  amount: dispute.amount,
  currency: dispute.currency.toLowerCase(),
  reason: identifierOf(dispute.reason) ?? 'unknown',
  caseType: identifierOf(dispute.payment_method_details?.card?.case_type) ?? null,
  isChargeRefundable: typeof dispute.is_charge_refundable === 'boolean' ? dispute.is_charge_refundable : null,
});

/** What the object's balance transactions say of its money, at the moment `at`. A list that is not there says nothing. */
export function balanceOfDispute(
  dispute: Dispute,
  at: Date,
): Pick<DisputeFacts, 'withdrawnAt' | 'reinstatedAt' | 'balanceCurrency' | 'withdrawnSum' | 'reinstatedSum'> {
  const listed: unknown = dispute.balance_transactions;
  const booked = (Array.isArray(listed) ? listed : []).filter(isBooked);
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

/** Until when evidence is taken. Stripe says 0 or null where the bank takes none. */
export const dueByOf = ({ evidence_details: details }: Dispute): Date | null => fromUnixSeconds(details?.due_by);

/** When the dispute was opened, by Stripe's clock; `null` where the object does not say. */
export const openedAt = ({ created }: Dispute): Date | null => fromUnixSeconds(created);

interface Booked {
  amount: number;
  currency?: unknown;
  created?: unknown;
}

/** Not one that is listed by its id alone. */
const isBooked = (entry: unknown): entry is Booked =>
  typeof entry === 'object' && entry !== null && 'amount' in entry && Number.isSafeInteger(entry.amount);

const sum = (booked: readonly Booked[]): number => booked.reduce((total, { amount }) => total + Math.abs(amount), 0);

/** When the last of them was booked: `undated` where that is not said, `null` where there is none. */
const lastOf = (booked: readonly Booked[], undated: Date): Date | null =>
  booked
    .map(({ created }) => fromUnixSeconds(created) ?? undated)
    .reduce<Date | null>((last, moment) => (last && last > moment ? last : moment), null);
