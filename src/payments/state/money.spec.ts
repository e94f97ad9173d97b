import fc from 'fast-check';
import {
  invalidAmountReason,
  amountField,
  amountPattern,
  decimalsOf,
  formatAmount,
  readAmount,
  roundedDown,
} from './money.js';

describe('an amount', () => {
  it.each([
    [1999, 'usd', '$19.99'],
    [1999, 'jpy', '¥1,999'],
    [1999, 'kwd', 'KWD\u00a01.999'],
    [5, 'usd', '$0.05'],
    [0, 'eur', '€0.00'],
    [-1999, 'usd', '-$19.99'],
    [1999, 'isk', 'ISK\u00a019.99'],
    [500_000, 'ugx', 'UGX\u00a05,000'],
    [0, 'isk', 'ISK\u00a00'],
    [9_007_199_254_740_991, 'usd', '$90,071,992,547,409.91'],
  ])('of %i %s reads %s', (amount, currency, text) => {
    expect(formatAmount(amount, currency)).toBe(text);
  });

  it.each([
    [1999, 'usdc', '19.99 USDC'],
    [-199_900, 'usdc', '-1,999.00 USDC'],
    [1999, 'u$', '19.99 U$'],
    [1999, '', '19.99'],
  ])(
    'of %i in %j, which is no code of a currency, is shown with it all the same: %s [S15]',
    (amount, currency, text) => {
      expect(formatAmount(amount, currency)).toBe(text);
    },
  );

  it('of any currency whatever can be shown [S15]', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.string({ unit: 'binary' }), (amount, currency) => {
        expect(formatAmount(amount, currency)).toMatch(/\d/);
      }),
    );
  });

  it.each([
    [250, 'ugx', 'UGX\u00a02.50 is not possible: UGX has whole units only, such as UGX\u00a02.'],
    [50, 'UGX', 'UGX\u00a00.50 is not possible: UGX has whole units only, such as UGX\u00a01.'],
    [4_010, 'isk', 'ISK\u00a040.10 is not possible: ISK has whole units only, such as ISK\u00a040.'],
    [1_999, 'kwd', 'KWD\u00a01.999 is not possible: KWD has steps of 0.010 only, such as KWD\u00a01.990.'],
    [5, 'tnd', 'TND\u00a00.005 is not possible: TND has steps of 0.010 only, such as TND\u00a00.010.'],
    [1.5, 'usd', 'An amount is a whole number of the smallest unit of its currency.'],
  ])('of %i %s is one that Stripe would not take [M8]', (amount, currency, sentence) => {
    expect(invalidAmountReason(amount, currency)).toBe(sentence);
  });

  it('is one that Stripe takes where it follows the rule of its currency [M8]', () => {
    const fine: [number, string][] = [
      [1, 'usd'],
      [1, 'jpy'],
      [1, 'mga'],
      [1_999, 'huf'],
      [1_999, 'twd'],
      [250_000, 'ugx'],
      [100, 'isk'],
      [1_990, 'kwd'],
      [10, 'bhd'],
      [1, 'usdc'],
    ];
    expect(fine.filter(([amount, currency]) => invalidAmountReason(amount, currency) !== undefined)).toEqual([]);
  });

  it('is rounded down to what Stripe takes, by less than the next step [M8]', () => {
    const currencies = fc.constantFrom('usd', 'jpy', 'kwd', 'ugx', 'ISK');
    fc.assert(
      fc.property(fc.maxSafeNat(), currencies, (amount, currency) => {
        const rounded = roundedDown(amount, currency);
        expect(invalidAmountReason(rounded, currency)).toBeUndefined();
        expect(amount - rounded).toBeLessThan(100);
        expect(amount - rounded).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('is written in a field in a way that the browser lets through, where it can be read, and no other [M8]', () => {
    const currencies = fc.constantFrom('usd', 'jpy', 'kwd', 'ugx', 'isk');
    const number = fc.stringMatching(/^[0-9]{1,6}([.][0-9]{1,4})?$/);
    fc.assert(
      fc.property(number, currencies, (text, currency) => {
        const passes = new RegExp(`^(?:${amountPattern(currency)})$`).test(text);
        const isNothing = !/[1-9]/.test(text);
        expect(passes && !isNothing).toBe(readAmount(text, currency) !== undefined);
      }),
    );
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
    const currencies = fc.constantFrom('usd', 'jpy', 'kwd', 'ugx');
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 10 ** 14 }), currencies, (any, currency) => {
        const amount = roundedDown(any, currency);
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
    ['1.99', 'kwd', 1990],
    ['1.990', 'kwd', 1990],
    ['5000', 'ugx', 500_000],
    ['5000.00', 'ugx', 500_000],
    ['0.29', 'usd', 29],
    ['21474836.49', 'usd', 2_147_483_649],
  ])('that is written %j in %s is %i', (text, currency, amount) => {
    expect(readAmount(text, currency)).toBe(amount);
  });

  it.each([
    ['19.999', 'usd'],
    ['19.9', 'jpy'],
    ['2.50', 'ugx'],
    ['19.9', 'isk'],
    ['1.999', 'kwd'],
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
