import { percentOf, share } from './amounts.js';
import { discountAmounts, type Discountable, type DiscountTerms } from './discounts.js';

/** A tax rate as the engine sees it. */
export interface TaxTerms {
  id: string;
  percentage: number;
  inclusive: boolean;
}

export interface TotalLine extends Discountable {
  /** Discounts of this line alone; their amounts are taken off before the subtotal. */
  discounts: readonly DiscountTerms[];
  taxes: readonly TaxTerms[];
}

export interface LineTotals {
  discounts: Array<{ discount: string; amount: number }>;
  taxes: Array<{ rate: TaxTerms; amount: number; taxable: number }>;
}

export interface Totals {
  lines: LineTotals[];
  subtotal: number;
  subtotalExcludingTax: number;
  total: number;
  totalExcludingTax: number;
}

/**
 * The totals of an invoice: discounts of lines, then those of the invoice, then taxes. Discounts of lines are in the
 * subtotal already, those of the invoice are not (recorded: sub-043).
 */
export function totalsOf(lines: readonly TotalLine[], invoiceDiscounts: readonly DiscountTerms[]): Totals {
  const own = lines.map((line) => discountAmounts([line], line.discounts).map((each) => each[0] ?? 0));
  const afterOwn = lines.map((line, index) => ({ ...line, amount: line.amount - sum(own[index] ?? []) }));
  const shared = discountAmounts(afterOwn, invoiceDiscounts);
  const totals = lines.map((line, index): LineTotals & { net: number } => {
    const discounts = [
      ...line.discounts.map(({ id }, each) => ({ discount: id, amount: own[index]?.[each] ?? 0 })),
      ...invoiceDiscounts.map(({ id }, each) => ({ discount: id, amount: shared[each]?.[index] ?? 0 })),
    ].filter(({ amount }) => amount !== 0);
    const net = line.amount - sum(discounts.map(({ amount }) => amount));
    return { discounts, net, taxes: taxesOf(net, line.taxes) };
  });
  const subtotal = sum(afterOwn.map(({ amount }) => amount));
  const discounted = subtotal - sum(shared.flat());
  const taxes = totals.flatMap(({ taxes: each }) => each);
  const inclusive = sum(taxes.filter(({ rate }) => rate.inclusive).map(({ amount }) => amount));
  const exclusive = sum(taxes.filter(({ rate }) => !rate.inclusive).map(({ amount }) => amount));
  return {
    lines: totals.map(({ discounts, taxes: each }) => ({ discounts, taxes: each })),
    subtotal,
    subtotalExcludingTax: subtotal - inclusive,
    total: discounted + exclusive,
    totalExcludingTax: discounted - inclusive,
  };
}

function taxesOf(net: number, rates: readonly TaxTerms[]): LineTotals['taxes'] {
  return rates.map((rate) => {
    if (!rate.inclusive) return { rate, amount: percentOf(net, rate.percentage), taxable: net };
    const parts = Math.round(rate.percentage * 10_000);
    const amount = share(net, parts, 1_000_000 + parts);
    return { rate, amount, taxable: net - amount };
  });
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, each) => total + each, 0);

export interface Settlement {
  amountDue: number;
  endingBalance: number;
}

/**
 * What is due after the customer's balance (negative: credit). A negative total becomes credit (P5); what is under the
 * least amount that can be charged is carried to the balance (an inference of SUBSCRIPTIONS.md 3, "Renewal").
 */
export function settle(total: number, balance: number, leastAmount: number): Settlement {
  if (total <= 0) return { amountDue: 0, endingBalance: balance + total };
  const due = total + balance;
  if (due <= 0 || due < leastAmount) return { amountDue: 0, endingBalance: due };
  return { amountDue: due, endingBalance: 0 };
}
