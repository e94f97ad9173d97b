import type { Customer, Invoice, InvoiceLine } from '../model/wire.js';
import type { Billing } from './billing.js';
import { settle, totalsOf, type LineTotals, type TotalLine, type Totals } from './engine/totals.js';
import { discountTerms, taxTerms } from './terms.js';

/** The least amount that a card can be charged, by currency; others: 1. Stripe's page "Minimum charge amounts". */
const LEAST: Record<string, number> = { usd: 50, eur: 50, cad: 50, aud: 50, gbp: 30, jpy: 50, chf: 50, kwd: 150 };

/** The invoice with its amounts computed anew from its lines, discounts, tax rates and the customer's balance. */
export async function withTotals({ tx, now }: Billing, invoice: Invoice, customer: Customer): Promise<Invoice> {
  const { currency, discounts, default_tax_rates: defaults, lines } = invoice;
  const shared = await discountTerms(tx, discounts, currency, now);
  const totalLines: TotalLine[] = [];
  for (const line of lines.data) {
    const rates = (line.taxes ?? []).map(({ tax_rate_details: details }) => String(details?.tax_rate));
    totalLines.push({
      amount: line.amount,
      product: line.pricing?.price_details?.product ?? '',
      discountable: line.discountable,
      discounts: await discountTerms(tx, line.discounts, currency, now),
      taxes: await taxTerms(tx, rates.length > 0 ? rates : defaults.map(({ id }) => id)),
    });
  }
  const totals = totalsOf(totalLines, shared);
  const { amountDue, endingBalance } = settle(totals.total, customer.balance, LEAST[currency] ?? 1);
  return {
    ...invoice,
    amount_due: amountDue,
    amount_remaining: amountDue - invoice.amount_paid,
    ending_balance: invoice.status === 'draft' ? null : endingBalance,
    lines: { ...lines, data: lines.data.map((line, index) => withLineTotals(line, totals.lines[index])) },
    starting_balance: customer.balance,
    subtotal: totals.subtotal,
    subtotal_excluding_tax: totals.subtotalExcludingTax,
    total: totals.total,
    total_excluding_tax: totals.totalExcludingTax,
    ...totalsByKind(totals),
  };
}

/** The balance of the customer once the invoice is finalized. */
export const endingBalance = ({ total, currency }: Invoice, balance: number): number =>
  settle(total, balance, LEAST[currency] ?? 1).endingBalance;

function withLineTotals(line: InvoiceLine, totals: LineTotals | undefined): InvoiceLine {
  if (!totals) return line;
  const { discounts, taxes } = totals;
  return {
    ...line,
    discount_amounts: discounts,
    pretax_credit_amounts: discounts.map(({ amount, discount }) => ({ amount, discount, type: 'discount' as const })),
    subtotal: line.amount,
    taxes: taxes.map((tax) => ({ ...taxOf(tax), type: 'tax_rate_details' as const })),
  };
}

const taxOf = ({ rate, amount, taxable }: LineTotals['taxes'][number]) => ({
  amount,
  tax_behavior: rate.inclusive ? ('inclusive' as const) : ('exclusive' as const),
  tax_rate_details: { tax_rate: rate.id },
  taxability_reason: 'not_available' as const,
  taxable_amount: taxable,
});

function totalsByKind({
  lines,
}: Totals): Pick<Invoice, 'total_discount_amounts' | 'total_pretax_credit_amounts' | 'total_taxes'> {
  const discounts = new Map<string, number>();
  const taxes = new Map<string, LineTotals['taxes'][number]>();
  for (const line of lines) {
    for (const { discount, amount } of line.discounts) discounts.set(discount, (discounts.get(discount) ?? 0) + amount);
    for (const tax of line.taxes) {
      const { amount = 0, taxable = 0 } = taxes.get(tax.rate.id) ?? {};
      taxes.set(tax.rate.id, { rate: tax.rate, amount: amount + tax.amount, taxable: taxable + tax.taxable });
    }
  }
  const taken = [...discounts].map(([discount, amount]) => ({ amount, discount }));
  return {
    total_discount_amounts: taken,
    total_pretax_credit_amounts: taken.map((each) => ({ ...each, type: 'discount' as const })),
    total_taxes: [...taxes.values()].map((tax) => ({ ...taxOf(tax), type: 'tax_rate_details' as const })),
  };
}
