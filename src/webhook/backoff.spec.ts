import { delayAfterAttempt, MOST_ATTEMPTS } from './backoff.js';

describe('the waits between attempts', () => {
  it('begin with seconds and last about three days in all', () => {
    const delays = Array.from({ length: MOST_ATTEMPTS - 1 }, (_, index) => delayAfterAttempt(index + 1, 0.5) ?? 0);
    expect(delays[0]).toBe(5_000);
    const days = delays.reduce((sum, delay) => sum + delay, 0) / 86_400_000;
    expect(days).toBeGreaterThan(2.8);
    expect(days).toBeLessThan(3.2);
  });

  it('end with the last attempt', () => {
    expect(delayAfterAttempt(MOST_ATTEMPTS)).toBeUndefined();
  });

  it('are spread by a fifth either way', () => {
    expect(delayAfterAttempt(1, 0)).toBe(4_000);
    expect(delayAfterAttempt(1, 1)).toBe(6_000);
  });
});
