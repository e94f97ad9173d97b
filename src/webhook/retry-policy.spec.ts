import { deriveEventStatus, delayAfterAttempt, MOST_ATTEMPTS } from './retry-policy.js';
import type { HandlerRun } from './webhook-event.entity.js';

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

const now = new Date(1_795_000_000_000);
const run = (handler: string, status: HandlerRun['status'], lastError: string | null = null): HandlerRun => ({
  eventId: 'evt_1',
  handler,
  status,
  attempts: 1,
  lastError,
  nextAttemptAt: status === 'pending' ? new Date(now.getTime() + 1_000) : null,
});
const after = (...runs: HandlerRun[]) => deriveEventStatus(['First', 'Second'], runs, now);

describe('an event', () => {
  it('is ignored when all its handlers left it alone, with their reason, or with the reason of each', () => {
    expect(after(run('First', 'ignored', 'no id'), run('Second', 'ignored', 'no id'))).toMatchObject({
      status: 'ignored',
      reason: 'no id',
    });
    expect(after(run('First', 'ignored', 'no id'), run('Second', 'ignored', 'no amount'))).toMatchObject({
      status: 'ignored',
      reason: 'First: no id; Second: no amount',
    });
  });

  it('is done, dead or waiting, as its other handlers are, when some left it alone', () => {
    const ignored = run('First', 'ignored', 'no id');
    expect(after(ignored, run('Second', 'done'))).toMatchObject({ status: 'done', reason: null });
    expect(after(ignored, run('Second', 'dead'))).toMatchObject({ status: 'dead', reason: 'gave up: Second' });
    expect(after(ignored, run('Second', 'pending'))).toMatchObject({ status: 'pending', reason: null });
    expect(after(ignored)).toBeUndefined();
  });
});
