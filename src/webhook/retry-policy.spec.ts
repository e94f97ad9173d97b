import {
  deadLetter,
  delayAfterAttempt,
  deriveEventStatus,
  describeAttempt,
  isDue,
  MAX_ATTEMPTS,
  nextRunState,
} from './retry-policy.js';
import type { HandlerRun } from './webhook-event.entity.js';

const now = new Date(1_795_000_000_000);
const later = (ms: number) => new Date(now.getTime() + ms);

describe('the waits between attempts', () => {
  it('begin with seconds and last about three days in all', () => {
    const delays = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, index) => delayAfterAttempt(index + 1, 0.5) ?? 0);
    expect(delays[0]).toBe(5_000);
    const days = delays.reduce((sum, delay) => sum + delay, 0) / 86_400_000;
    expect(days).toBeGreaterThan(2.8);
    expect(days).toBeLessThan(3.2);
  });

  it('end with the last attempt', () => {
    expect(delayAfterAttempt(MAX_ATTEMPTS)).toBeUndefined();
  });

  it('are spread by a fifth either way', () => {
    expect(delayAfterAttempt(1, 0)).toBe(4_000);
    expect(delayAfterAttempt(1, 1)).toBe(6_000);
  });
});

describe('a run', () => {
  it('is done after it succeeded, and keeps no error of earlier attempts', () => {
    const done = { status: 'done', attempts: 3, lastError: null, nextAttemptAt: null };
    expect(nextRunState(2, { outcome: 'succeeded' }, now)).toEqual(done);
  });

  it('is ignored with the reason, which is no attempt', () => {
    const ignored = { status: 'ignored', attempts: 0, lastError: 'no amount', nextAttemptAt: null };
    expect(nextRunState(0, { outcome: 'ignored', reason: 'no amount' }, now)).toEqual(ignored);
    expect(nextRunState(0, { outcome: 'ignored', reason: 'x'.repeat(900) }, now).lastError).toHaveLength(500);
  });

  it('waits after it failed, longer each time, and is dead after the last attempt', () => {
    const waits: number[] = [];
    for (let failed = 0; failed < MAX_ATTEMPTS - 1; failed++) {
      const state = nextRunState(failed, { outcome: 'failed', message: 'half-way' }, now);
      expect(state).toMatchObject({ status: 'pending', attempts: failed + 1, lastError: 'half-way' });
      waits.push(Number(state.nextAttemptAt) - now.getTime());
    }
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits[0]).toBeGreaterThanOrEqual(4_000);
    expect(nextRunState(MAX_ATTEMPTS - 1, { outcome: 'failed', message: 'half-way' }, now)).toEqual({
      status: 'dead',
      attempts: MAX_ATTEMPTS,
      lastError: 'half-way',
      nextAttemptAt: null,
    });
  });

  it('is due when there is none yet, and when it waits and its time has come', () => {
    const state = { attempts: 1, lastError: null };
    expect(isDue(undefined, now)).toBe(true);
    expect(isDue({ ...state, status: 'pending', nextAttemptAt: now }, now)).toBe(true);
    expect(isDue({ ...state, status: 'pending', nextAttemptAt: null }, now)).toBe(true);
    expect(isDue({ ...state, status: 'pending', nextAttemptAt: later(1) }, now)).toBe(false);
    for (const status of ['done', 'dead', 'ignored'] as const)
      expect(isDue({ ...state, status, nextAttemptAt: null }, now)).toBe(false);
  });

  it('is described for the log: which attempt it was, and when the next is', () => {
    const state = { attempts: 2, lastError: 'half-way' };
    expect(describeAttempt({ ...state, status: 'pending', nextAttemptAt: now })).toBe(
      `attempt 2 of ${MAX_ATTEMPTS}, the next at ${now.toISOString()}`,
    );
    expect(describeAttempt({ ...state, status: 'dead', nextAttemptAt: null })).toMatch(/the last: it is dead/);
    expect(describeAttempt(undefined)).toMatch(/could not be stored and is made again/);
  });
});

describe('an event', () => {
  const run = (handler: string, status: HandlerRun['status'], lastError: string | null = null): HandlerRun => ({
    eventId: 'evt_1',
    handler,
    status,
    attempts: 1,
    lastError,
    nextAttemptAt: status === 'pending' ? later(1_000) : null,
  });
  const after = (...runs: HandlerRun[]) => deriveEventStatus(['First', 'Second'], runs, now);

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

  it('is pending until the soonest next attempt, also while another handler is dead', () => {
    const [sooner, last] = [run('First', 'pending'), run('Second', 'pending')];
    sooner.nextAttemptAt = new Date(now.getTime() + 500);
    expect(after(sooner, last)).toEqual({ status: 'pending', reason: null, nextAttemptAt: sooner.nextAttemptAt });
    expect(after(run('First', 'dead'), last)).toMatchObject({ status: 'pending', nextAttemptAt: last.nextAttemptAt });
  });

  it('stays as it is while a handler is due or has no run yet', () => {
    const due = { ...run('First', 'pending'), nextAttemptAt: now };
    expect(after(due, run('Second', 'done'))).toBeUndefined();
    expect(after(run('First', 'done'))).toBeUndefined();
  });

  it('goes by the handlers there are: runs of removed ones do not count, and without any it is ignored', () => {
    expect(after(run('First', 'done'), run('Second', 'done'), run('Removed', 'dead'))).toMatchObject({
      status: 'done',
    });
    expect(deriveEventStatus([], [run('Removed', 'pending')], now)).toMatchObject({
      status: 'ignored',
      reason: 'its handler was removed',
    });
  });

  it('that is dead is not due and has no claim', () => {
    expect(deadLetter('why')).toEqual({ status: 'dead', reason: 'why', nextAttemptAt: null, leaseToken: null });
  });
});
