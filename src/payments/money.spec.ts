import fc from 'fast-check';
import { amountFault, amountField, decimalsOf, formatAmount, readAmount } from './money.js';

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

  it('is read back from a field to the last digit, in every currency', () => {
    const currencies = fc.constantFrom('usd', 'jpy', 'kwd');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 14 }), currencies, (amount, currency) => {
        expect(readAmount(amountField(amount, currency), currency)).toBe(
          amountField(amount, currency).split('.')[0]!.length > 12 ? undefined : amount,
        );
      }),
    );
  });

  it.each([
    ['5', 'usd', 500],
    ['5.5', 'usd', 550],
    [' 19.99 ', 'usd', 1999],
    ['1999', 'jpy', 1999],
    ['1.999', 'kwd', 1999],
    ['0.29', 'usd', 29],
    ['21474836.49', 'usd', 2_147_483_649],
  ])('that is written %j in %s is %i', (text, currency, amount) => {
    expect(readAmount(text, currency)).toBe(amount);
  });

  it.each([
    ['19.999', 'usd'],
    ['19.9', 'jpy'],
    ['1,999', 'jpy'],
    ['0', 'usd'],
    ['0.00', 'usd'],
    ['-5', 'usd'],
    ['1e3', 'usd'],
    ['0x10', 'usd'],
    ['.5', 'usd'],
    ['5.', 'usd'],
    ['', 'usd'],
    ['NaN', 'usd'],
  ])('cannot be read from %j in %s', (text, currency) => {
    expect(readAmount(text, currency)).toBeUndefined();
  });
});

describe('an amount that is to be charged or refunded', () => {
  it.each([
    [1999, 'usd'],
    [1999, 'jpy'],
    [1990, 'kwd'],
    [5000, 'ugx'],
    [5000, 'ISK'],
    [1999, 'huf'],
    [1999, 'twd'],
  ])('of %d in %s is taken', (amount, currency) => expect(amountFault(amount, currency)).toBeUndefined());

  it.each([
    [0, 'usd', 'above 0'],
    [-5, 'usd', 'above 0'],
    [19.99, 'usd', 'whole number'],
    [5050, 'ugx', 'UGX has no fractions in use: 5050 minor units must be a multiple of 100.'],
    [1, 'isk', 'a multiple of 100'],
    [1999, 'kwd', 'a multiple of 10.'],
    [5, 'TND', 'TND has thousandths'],
  ])('of %d in %s is refused, and it is said why [M8]', (amount, currency, why) =>
    expect(amountFault(amount, currency)).toContain(why),
  );
});
