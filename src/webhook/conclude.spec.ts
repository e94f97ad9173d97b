import { conclude } from './conclude.js';
import type { HandlerRun } from './handler-run.entity.js';

const now = new Date(1_795_000_000_000);
const run = (handler: string, status: HandlerRun['status'], lastError: string | null = null): HandlerRun => ({
  eventId: 'evt_1',
  handler,
  status,
  attempts: 1,
  lastError,
  nextAttemptAt: status === 'pending' ? new Date(now.getTime() + 1_000) : null,
});
const after = (...runs: HandlerRun[]) => conclude(['First', 'Second'], runs, now);

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
