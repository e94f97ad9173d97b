import { inProportion, share } from './amounts.js';
import { prorate, type ProratedItem } from './proration.js';

const MONTH = { interval: 'month', interval_count: 1 };
const JUNE = { start: Date.UTC(2027, 5, 1) / 1000, end: Date.UTC(2027, 6, 1) / 1000 };
const june = (day: number): number => Date.UTC(2027, 5, day) / 1000;

const item = (amount: number, price = `price_${amount}`): ProratedItem => ({
  id: 'si',
  recurrence: MONTH,
  quantity: 1,
  price,
  amount,
  period: JUNE,
});
const debit = (amount: number, start = JUNE.start) => ({ item: 'si', amount, start, end: JUNE.end });

describe('proration', () => {
  const amounts = (change: Partial<Parameters<typeof prorate>[0]>): number[] =>
    prorate({
      at: june(16),
      mode: 'flexible',
      anchor: { at: JUNE.start },
      before: [],
      after: [],
      debits: [debit(1000)],
      ...change,
    }).map(({ amount }) => amount);

  it('credits and debits the seconds that are left, each rounded alone', () => {
    expect(amounts({ before: [item(1000)], after: [item(2000)] })).toEqual([-500, 1000]);
    const classic = { mode: 'classic', debits: [] } as const;
    expect(amounts({ ...classic, before: [item(1000)], after: [item(2000)] })).toEqual([-500, 1000]);
  });

  it('flexible credits what was debited, classic the present price', () => {
    const change = { at: june(21), before: [item(2000)], after: [item(1000)] };
    expect(amounts(change)).toEqual([-333, 333]);
    expect(amounts({ ...change, mode: 'classic' })).toEqual([-667, 333]);
  });

  it('makes one credit for each debit that it crosses', () => {
    const debits = [debit(1000), debit(600, june(11))];
    expect(amounts({ at: june(21), before: [item(1600)], debits })).toEqual([-333, -300]);
  });

  it('leaves items alone that stay as they are', () => {
    expect(amounts({ before: [item(1000)], after: [item(1000)] })).toEqual([]);
  });

  it('rounds half away from zero, and is never minus zero', () => {
    expect([share(5, 1, 2), share(-5, 1, 2), share(-1, 1, 1000)]).toEqual([3, -3, 0]);
    expect(share(99_999_999_999, 19_656_000, 31_536_000)).toBe(62_328_767_123);
  });

  it('shares an amount out in proportion, the rest on the last', () => {
    expect(inProportion(500, [1000, 2000])).toEqual([166, 334]);
  });
});
