import type { History } from './history.js';

interface Tax {
  amount: number;
  tax_behavior: 'inclusive' | 'exclusive';
  taxable_amount: number;
  tax_rate_details: { tax_rate: string };
}

interface Invoice {
  id: string;
  subtotal: number;
  total: number;
  total_excluding_tax: number;
  total_taxes: Tax[];
  total_discount_amounts: Array<{ amount: number }>;
  lines: { data: Array<{ amount: number; discount_amounts: Array<{ amount: number }>; taxes: Tax[] }> };
}

const sum = (amounts: readonly { amount: number }[]): number =>
  amounts.reduce((total, { amount }) => total + amount, 0);

/**
 * Each line is taxed by the rate's percentage of what is left of it after discounts, to the nearest cent. What prices include
 * is in the total already, the rest comes on top.
 */
export function expectTaxesByTheirRates({ objects }: History): void {
  const percentages = new Map(objects['/v1/tax_rates'].map(({ id, percentage }) => [id, Number(percentage)]));
  for (const { id, lines, ...invoice } of objects['/v1/invoices'] as unknown as Invoice[]) {
    for (const line of lines.data) {
      const net = line.amount - sum(line.discount_amounts);
      for (const { amount, tax_behavior: behavior, taxable_amount: taxable, tax_rate_details: rate } of line.taxes) {
        const percent = percentages.get(rate.tax_rate) ?? NaN;
        const exact = behavior === 'inclusive' ? (net * percent) / (100 + percent) : (net * percent) / 100;
        expect({ id, net, percent, behavior, amount, near: Math.abs(amount - exact) <= 0.5 + 1e-9 }).toMatchObject({
          near: true,
        });
        expect(taxable).toBe(behavior === 'inclusive' ? net - amount : net);
      }
    }
    const taxes = lines.data.flatMap((line) => line.taxes);
    const [inclusive, exclusive] = ['inclusive', 'exclusive'].map((behavior) =>
      sum(taxes.filter(({ tax_behavior: each }) => each === behavior)),
    );
    const discounted = invoice.subtotal - sum(invoice.total_discount_amounts);
    expect({ id, total: invoice.total, taxes: sum(invoice.total_taxes), untaxed: invoice.total_excluding_tax }).toEqual(
      {
        id,
        total: discounted + (exclusive ?? 0),
        taxes: (inclusive ?? 0) + (exclusive ?? 0),
        untaxed: discounted - (inclusive ?? 0),
      },
    );
  }
}
