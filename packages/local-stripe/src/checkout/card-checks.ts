import { nowMs } from '../model/clock.js';
import type { Card } from '../payments/payment-method-kinds.js';

/** Whether the check digit is right (Luhn). */
export function passesLuhn(digits: string): boolean {
  const sum = [...digits].toReversed().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** The error message for a card number; undefined where it is valid. */
export function numberProblem(digits: string): string | undefined {
  if (/\D/.test(digits)) return 'Your card number is invalid.';
  if (digits.length < 13) return 'Your card number is incomplete.';
  return digits.length > 19 || !passesLuhn(digits) ? 'Your card number is invalid.' : undefined;
}

export function cvcProblem(cvc: string, brand: string): string | undefined {
  const length = brand === 'amex' ? 4 : 3;
  return new RegExp(`^\\d{${length}}$`).test(cvc) ? undefined : "Your card's security code is incomplete.";
}

type Expiry = Pick<Card, 'expMonth' | 'expYear'>;

/** Reads `MM / YY`, spaces and slash optional. A string is an error message. */
export function readExpiry(typed: string, now = new Date(nowMs())): Expiry | string {
  const [, month = '', year = ''] = /^(\d{2})\s*\/?\s*(?:20)?(\d{2})$/.exec(typed.trim()) ?? [];
  if (!month) return "Your card's expiration date is incomplete.";
  const [expMonth, expYear] = [Number(month), 2000 + Number(year)];
  if (expMonth < 1 || expMonth > 12) return "Your card's expiration date is invalid.";
  // Valid until the end of its month.
  if (new Date(expYear, expMonth) <= now) return "Your card's expiration date is in the past.";
  return { expMonth, expYear };
}
