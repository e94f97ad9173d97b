import { boolean, integer, metadata, optional, shape } from '../manners/params/index.js';
import { invalidRequest } from '../manners/refusals.js';
import { formatAmount } from '../money/format.js';
import type { PaymentIntent } from '../wire.js';

export const capturable = shape({
  amount_to_capture: optional(integer({ min: 1 })),
  final_capture: optional(boolean),
  metadata: optional(metadata),
});

/** How much is taken: what was asked for, else all that is reserved. */
export function amountToCapture(intent: PaymentIntent, asked: number | undefined, param: string): number {
  const { amount_capturable: reserved, currency } = intent;
  if (asked === undefined || asked <= reserved) return asked ?? reserved;
  const [tooMuch, most] = [asked, reserved].map((amount) => formatAmount(amount, currency));
  const message = `The amount to capture (${tooMuch}) is greater than the amount you can capture (${most}).`;
  throw invalidRequest(message, param, 'amount_too_large');
}
