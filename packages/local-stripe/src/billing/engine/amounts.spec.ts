import { amountOf } from './amounts.js';

const tier = (up_to: number | null, unit_amount: number | null, flat_amount: number | null = null) => ({
  flat_amount,
  flat_amount_decimal: null,
  unit_amount,
  unit_amount_decimal: null,
  up_to,
});

describe('a quantity of a price with tiers', () => {
  const tier_table = [tier(5, 700), tier(10, 650, 100), tier(null, 600)];
  const price = { unit_amount: null, unit_amount_decimal: null, tier_table };

  it.each([
    [0, 0],
    [1, 700],
    [5, 3500],
    [6, 3500 + 650 + 100],
    [10, 3500 + 3250 + 100],
    [12, 3500 + 3250 + 100 + 1200],
  ])('graduated: %s units cost %s', (quantity, amount) => {
    expect(amountOf({ ...price, tiers_mode: 'graduated' }, quantity)).toBe(amount);
  });

  it.each([
    [1, 700],
    [5, 3500],
    [6, 3900 + 100],
    [12, 7200],
  ])('volume: %s units cost %s', (quantity, amount) => {
    expect(amountOf({ ...price, tiers_mode: 'volume' }, quantity)).toBe(amount);
  });

  it('has decimals of the minor unit, rounded once', () => {
    const fine = [{ ...tier(null, null), unit_amount_decimal: '0.35' }];
    expect(amountOf({ ...price, tier_table: fine, tiers_mode: 'volume' }, 10)).toBe(4);
  });

  it('charges a flat amount of the first tier also for nothing', () => {
    expect(amountOf({ ...price, tier_table: [tier(null, 100, 900)], tiers_mode: 'graduated' }, 0)).toBe(900);
  });
});
