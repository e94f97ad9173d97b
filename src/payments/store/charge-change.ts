import { identifierOf } from '../../stripe/stripe-fields.js';
import type { Charge, PaymentIntent } from '../../stripe/stripe.types.js';

/** The facts in one snapshot of a charge or a Payment Intent. Amounts in minor units. */
export interface ChargeChange {
  /** The sum of refunds so far. The release of an amount that was only reserved is not one. */
  refunded: number;
  receiptUrl: string | null;
  /** Stripe's `ch_…` or `py_…`. */
  chargeId: string | null;
  authorizedAt: Date | null;
  capturedAt: Date | null;
  capturedAmount: number | null;
  /** The amount that was reserved or charged at first. */
  amount: number | null;
  canceledAt: Date | null;
}

export const NO_CHARGE_CHANGE: ChargeChange = {
  refunded: 0,
  receiptUrl: null,
  chargeId: null,
  authorizedAt: null,
  capturedAt: null,
  capturedAmount: null,
  amount: null,
  canceledAt: null,
};

/**
 * Reads the facts in a charge as it was at `at`. Stripe reports a released authorization as refunded, fully or by the part that was
 * not captured (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method). That part was never paid, so it is no refund.
 */
export function chargeChangeOf(charge: Charge, at: Date): ChargeChange {
  const change = {
    ...NO_CHARGE_CHANGE,
    receiptUrl: charge.receipt_url ?? null,
    amount: minorUnits(charge.amount) ?? null,
    chargeId: identifierOf(charge.id) ?? null,
  };
  if (charge.status === 'pending' || charge.status === 'failed') return change; // no money has moved
  const sum = minorUnits(charge.amount_refunded) ?? 0;
  if (charge.captured === false || charge.amount_captured === 0) {
    const isReleased = charge.refunded === true || sum > 0;
    return isReleased ? { ...change, canceledAt: at } : { ...change, ...authorized(charge, at) };
  }
  const captured = minorUnits(charge.amount_captured) ?? minorUnits(charge.amount) ?? 0;
  const released = Math.max((minorUnits(charge.amount) ?? captured) - captured, 0); // the rest of what was reserved
  return { ...change, ...capture(captured, at), refunded: Math.max(sum - released, 0) };
}

/** Reads the facts in a Payment Intent as it was at `at`. */
export function intentChangeOf(intent: PaymentIntent, at: Date): ChargeChange {
  switch (intent.status) {
    case 'requires_capture':
      return { ...NO_CHARGE_CHANGE, authorizedAt: intent.amount_capturable === 0 ? null : at };
    case 'succeeded':
      return {
        ...NO_CHARGE_CHANGE,
        amount: minorUnits(intent.amount) ?? null,
        capturedAt: at,
        capturedAmount: minorUnits(intent.amount_received) ?? null,
      };
    case 'canceled':
      return { ...NO_CHARGE_CHANGE, canceledAt: at };
    default:
      return NO_CHARGE_CHANGE;
  }
}

/** An amount in minor units; `undefined` where the event leaves it out or holds anything else in its place. */
const minorUnits = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;

/** A charge that waits for a delayed method is not captured either, but reserves nothing. */
const authorized = ({ captured, status }: Charge, at: Date): Partial<ChargeChange> =>
  captured === false && status === 'succeeded' ? { authorizedAt: at } : {};

const capture = (amount: number, at: Date): Partial<ChargeChange> =>
  amount > 0 ? { capturedAt: at, capturedAmount: amount } : {};

/**
 * The address of Stripe's receipt if it is safe to link: https, or http with a local Stripe. `undefined` for anything else, such as
 * `javascript:`.
 */
export function safeReceiptUrl(url: unknown, isLocalStripe = false): string | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  const { protocol, username, password } = new URL(url);
  if (username || password) return undefined; // `https://stripe.com@elsewhere.example` hides its host
  return protocol === 'https:' || (protocol === 'http:' && isLocalStripe) ? url : undefined;
}
