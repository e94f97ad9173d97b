import { momentAfter, periodAt } from './calendar.js';

const time = (text: string): number => Date.parse(`${text}Z`) / 1000;
const shown = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19);
const MONTH = { interval: 'month', interval_count: 1 };
const YEAR = { interval: 'year', interval_count: 1 };

describe('the calendar of a subscription', () => {
  it('uses the last day of a short month, and comes back to the anchor’s day', () => {
    const anchor = { at: time('2028-01-31T10:00:00') };
    expect([1, 2, 3, 4].map((count) => shown(momentAfter(anchor, MONTH, count)))).toEqual([
      '2028-02-29T10:00:00',
      '2028-03-31T10:00:00',
      '2028-04-30T10:00:00',
      '2028-05-31T10:00:00',
    ]);
  });

  it('takes a day of the month that the anchor’s month does not have', () => {
    const anchor = { at: time('2027-04-30T00:00:00'), day: 31 };
    expect(shown(momentAfter(anchor, MONTH, 1))).toBe('2027-05-31T00:00:00');
  });

  it('ends a year from 29 February on the 28th, and on the 29th in leap years', () => {
    const anchor = { at: time('2028-02-29T00:00:00') };
    expect(shown(momentAfter(anchor, YEAR, 1))).toBe('2029-02-28T00:00:00');
    expect(shown(momentAfter(anchor, YEAR, 4))).toBe('2032-02-29T00:00:00');
  });

  it('finds the period of a moment, before the anchor too; its end belongs to the next', () => {
    const anchor = { at: time('2027-02-01T00:00:00') };
    const before = periodAt(anchor, MONTH, time('2027-01-20T00:00:00'));
    expect([shown(before.start), shown(before.end)]).toEqual(['2027-01-01T00:00:00', '2027-02-01T00:00:00']);
    expect(periodAt(anchor, MONTH, before.end).start).toBe(before.end);
  });

  it.each(['day', 'week', 'month', 'year'])('has no gap between periods of a %s', (interval) => {
    const anchor = { at: time('2027-01-31T23:59:59') };
    for (const interval_count of [1, 3]) {
      let { end } = periodAt(anchor, { interval, interval_count }, anchor.at);
      for (let count = 0; count < 30; count++) {
        const next = periodAt(anchor, { interval, interval_count }, end);
        expect(next.start).toBe(end);
        end = next.end;
      }
    }
  });
});
