import { nextAttemptAtMs } from './retries.js';

const HOUR = 60 * 60 * 1000;

describe('the next attempt of a delivery', () => {
  it('comes after the waits that were asked for, the last of which repeats', () => {
    const waits = [1, 2, 3, 9].map((attempts) => nextAttemptAtMs(attempts, 0, 0, [10, 20]));

    expect(waits).toEqual([10, 20, 20, 20]);
  });

  it('does not come when the event is three days old', () => {
    expect(nextAttemptAtMs(9, 0, 71 * HOUR, [HOUR])).toBe(72 * HOUR);
    expect(nextAttemptAtMs(9, 0, 72 * HOUR, [HOUR])).toBeUndefined();
  });

  it('does not come where no waits are given', () => {
    expect(nextAttemptAtMs(1, 0, 0, [])).toBeUndefined();
  });
});
