import { idOf } from '../../stripe/id-of.js';
import { momentOf } from '../../stripe/moment-of.js';
import type { Dispute } from '../../stripe/stripe.types.js';
import type { DisputeFacts } from './dispute-money.js';
import { type DisputeState, readDisputeStatus } from './dispute-rank.js';

/** Why nothing can be learnt from this object, such as `its amount is missing`; `undefined` where all that must be known is there. */
export function missingOfDispute(dispute: Partial<Dispute> | null | undefined): string | undefined {
  if (!isText(dispute?.id)) return 'the dispute has no id';
  if (!isText(paymentIntentOf(dispute)))
    return 'the dispute has no Payment Intent: it is of a charge that this app did not make';
  if (!Number.isSafeInteger(dispute.amount) || Number(dispute.amount) < 0) return 'the dispute has no amount';
  if (!isText(dispute.currency)) return 'the dispute has no currency';
  return isText(dispute.status) ? undefined : 'the dispute has no status';
}

export const paymentIntentOf = (dispute: Partial<Dispute>): string | undefined => idOf(dispute.payment_intent);

/** What the object says of the dispute at that moment. */
export const stateOfDispute = (dispute: Dispute, at: Date): DisputeState => ({
  status: readDisputeStatus(dispute.status),
  statusAt: at,
  amount: dispute.amount,
  currency: dispute.currency.toLowerCase(),
  reason: isText(dispute.reason) ? dispute.reason : 'unknown',
  caseType: textOrNull(dispute.payment_method_details?.card?.case_type),
  isChargeRefundable: typeof dispute.is_charge_refundable === 'boolean' ? dispute.is_charge_refundable : null,
});

/** What the object's balance transactions say of its money. A list that is not there, or that we cannot add up, says nothing. */
export function balanceOfDispute(
  dispute: Dispute,
): Pick<DisputeFacts, 'withdrawnAt' | 'reinstatedAt' | 'balanceCurrency' | 'withdrawnSum' | 'reinstatedSum'> {
  const listed: unknown = dispute.balance_transactions;
  const booked = (Array.isArray(listed) ? listed : []).filter(isBooked);
  const [out, back] = [booked.filter(({ amount }) => amount < 0), booked.filter(({ amount }) => amount > 0)];
  const currencies = new Set(booked.map(({ currency }) => currency.toLowerCase()));
  const [balanceCurrency] = currencies.size === 1 ? currencies : [null];
  return {
    withdrawnAt: lastOf(out),
    reinstatedAt: lastOf(back),
    balanceCurrency: balanceCurrency ?? null,
    withdrawnSum: balanceCurrency ? sum(out) : 0,
    reinstatedSum: balanceCurrency ? sum(back) : 0,
  };
}

/** Until when evidence is taken. Stripe says 0 or null where the bank takes none. */
export const dueByOf = ({ evidence_details: details }: Dispute): Date | null => momentOf(details?.due_by);

/** When the dispute was opened, by Stripe's clock; `null` where the object does not say. */
export const openedAt = ({ created }: Dispute): Date | null => momentOf(created);

interface Booked {
  amount: number;
  currency: string;
  created?: unknown;
}

function isBooked(entry: unknown): entry is Booked {
  if (typeof entry !== 'object' || entry === null) return false; // by its id alone, or nothing
  const { amount, currency } = entry as Partial<Record<keyof Booked, unknown>>;
  return Number.isSafeInteger(amount) && isText(currency);
}

const sum = (booked: readonly Booked[]): number => booked.reduce((total, { amount }) => total + Math.abs(amount), 0);

function lastOf(booked: readonly Booked[]): Date | null {
  const moments = booked.flatMap(({ created }) => momentOf(created) ?? []);
  return moments.reduce<Date | null>((last, moment) => (last && last > moment ? last : moment), null);
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const textOrNull = (value: unknown): string | null => (isText(value) ? value : null);
