import fc from 'fast-check';
import { decimalsOf, formatAmount } from './money.js';

describe('an amount', () => {
  it.each([
    [1999, 'usd', '$19.99'],
    [1999, 'jpy', '¥1,999'],
    [1999, 'kwd', 'KWD\u00a01.999'],
    [5, 'usd', '$0.05'],
    [0, 'eur', '€0.00'],
    [-1999, 'usd', '-$19.99'],
    [1999, 'isk', 'ISK\u00a019.99'],
    [9_007_199_254_740_991, 'usd', '$90,071,992,547,409.91'],
  ])('of %i %s reads %s', (amount, currency, text) => {
    expect(formatAmount(amount, currency)).toBe(text);
  });

  it('keeps every digit, in every currency', () => {
    const currencies = fc.constantFrom('usd', 'jpy', 'kwd', 'eur', 'krw', 'bhd');
    fc.assert(
      fc.property(fc.maxSafeNat(), currencies, (amount, currency) => {
        const digits = formatAmount(amount, currency).replaceAll(/\D/g, '').replace(/^0+/, '');
        expect(digits).toBe(amount === 0 ? '' : String(amount));
      }),
    );
  });

  it('has as many decimals as Stripe counts, whatever the letter case', () => {
    expect(['usd', 'JPY', 'kwd'].map(decimalsOf)).toEqual([2, 0, 3]);
  });
});
