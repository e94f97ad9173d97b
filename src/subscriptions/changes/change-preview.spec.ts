import { anInvoice } from '../../../test/support/mock-stripe.js';
import type { Invoice } from '../../stripe/stripe.types.js';
import { chargeOf, isSameCharge } from './change-preview.js';

/** A line of a preview as Stripe gives it. */
const line = (amount: number, { proration = true, price = 'price_1' as string | null, oneTime = false } = {}) =>
  ({
    amount,
    description: `${amount}`,
    quantity: 2,
    period: { start: 1_795_000_000, end: 1_797_592_000 },
    pricing: price === null ? null : { price_details: { price, product: 'pro' } },
    parent: {
      subscription_item_details: oneTime ? null : { proration },
      invoice_item_details: oneTime ? { proration } : null,
    },
  }) as unknown as Invoice['lines']['data'][number];
const preview = (lines: Invoice['lines']['data'], changes: Partial<Invoice> = {}) =>
  anInvoice({ lines: { object: 'list', data: lines, has_more: false, url: '' }, ...changes });

describe('what a preview says', () => {
  it('is each line, what it is for, and what is due', () => {
    const lines = [line(-500), line(1000), line(1500, { proration: false }), line(70, { price: null, oneTime: true })];
    const charge = chargeOf(preview(lines, { total: 2070, amount_due: 2070 }));
    expect(charge.lines.map(({ kind, amount, quantity }) => [kind, amount, quantity])).toEqual([
      ['unused', -500, 2],
      ['used', 1000, 2],
      ['used', 1500, 2],
      ['other', 70, 2],
    ]);
    expect(charge).toMatchObject({ discount: 0, tax: 0, total: 2070, due: 2070 });
  });

  it('is the discount and the tax between the lines and the total, also where tax is inside of the lines', () => {
    const discounts = [{ amount: 100, discount: 'di_1' }];
    const changes = { total_discount_amounts: discounts, total: 480, amount_due: 480 };
    expect(chargeOf(preview([line(500)], changes))).toMatchObject({ discount: 100, tax: 80, total: 480 });
    expect(chargeOf(preview([line(500)], { total: 500, amount_due: 200 }))).toMatchObject({ tax: 0, due: 200 });
  });

  it('is the same where the amounts are, whatever their words', () => {
    const charge = chargeOf(preview([line(-500), line(1000)], { total: 500, amount_due: 500 }));
    const [first, second] = charge.lines;
    if (!first || !second) throw new Error('no lines');
    expect(isSameCharge(charge, { ...charge, lines: [{ ...first, description: 'else' }, second] })).toBe(true);
    expect(isSameCharge(null, null)).toBe(true);
    for (const other of [
      null,
      { ...charge, due: 499 },
      { ...charge, total: 501 },
      { ...charge, currency: 'eur' },
      { ...charge, lines: [second, first] },
      { ...charge, lines: [first, { ...second, amount: 1001 }] },
    ])
      expect(isSameCharge(charge, other)).toBe(false);
  });
});
