/** What a dispute costs, in minor units; given back when it is won. */
export const DISPUTE_FEE = 1500;

/** Minor units; Stripe's price list has an amount for each currency, the sandbox has one. */
const FIXED = 30;
const BANK_DEBIT_MOST = 500;

/** What taking a payment costs: 2.9 % and a fixed part; a bank debit 0.8 %, within a limit. Rounded, in integers. */
export function processingFee(amount: number, method: string): number {
  if (method === 'us_bank_account') return Math.min(perMille(amount, 8), BANK_DEBIT_MOST);
  return perMille(amount, 29) + FIXED;
}

const perMille = (amount: number, share: number): number => Math.floor((amount * share + 500) / 1000);
