import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { RecurringTask } from './recurring-task.js';

const PERIOD_MS = 1_000;

describe('a recurring task', () => {
  let runs: boolean[];
  let task: RecurringTask | undefined;
  beforeEach(() => {
    jest.useFakeTimers();
    runs = [];
  });
  afterEach(() => {
    task?.stop();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const noteRun = async (isFirst: boolean) => void runs.push(isFirst);
  const start = (work: (isFirst: boolean) => Promise<unknown>, options = {}) => {
    task = new RecurringTask({ name: 'Counting', periodMs: PERIOD_MS, ...options }, work);
    task.start();
    return task;
  };

  it('runs at the start and then once a period, and knows when', async () => {
    const { name, periodMs } = start(noteRun);
    await jest.advanceTimersByTimeAsync(2 * PERIOD_MS);
    expect(runs).toEqual([true, false, false]);
    expect({ name, periodMs, lastRunAt: task?.lastRunAt }).toEqual({
      name: 'Counting',
      periodMs: PERIOD_MS,
      lastRunAt: new Date(),
    });
  });

  it('waits for the first period with `runAtStart: false`', async () => {
    start(noteRun, { runAtStart: false });
    expect(runs).toEqual([]);
    expect(task?.lastRunAt).toBeUndefined();
    await jest.advanceTimersByTimeAsync(PERIOD_MS);
    expect(runs).toEqual([false]);
  });

  it('never runs twice at the same time', async () => {
    let end = () => {};
    start((isFirst) => {
      runs.push(isFirst);
      return new Promise<void>((resolve) => (end = resolve));
    });
    await jest.advanceTimersByTimeAsync(3 * PERIOD_MS);
    expect(runs).toHaveLength(1);
    end();
    await jest.advanceTimersByTimeAsync(PERIOD_MS);
    expect(runs).toHaveLength(2);
  });

  it('goes on after an error, logs it, and keeps it until a run succeeds', async () => {
    const log = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const error = new Error('no network');
    let fails = true;
    start(() => (fails ? Promise.reject(error) : Promise.resolve()));
    await jest.advanceTimersByTimeAsync(0);
    expect(log).toHaveBeenCalledWith('Counting failed and runs again in 1 s: Error: no network');
    expect(task?.lastError).toBe(error);
    fails = false;
    await jest.advanceTimersByTimeAsync(PERIOD_MS);
    expect(task?.lastError).toBeUndefined();
    expect(log).toHaveBeenCalledTimes(1);
  });

  it('gives its errors to whoever asks for them instead of the log', async () => {
    const errors: unknown[] = [];
    start(() => Promise.reject(new Error('no network')), { onError: (error: unknown) => errors.push(error) });
    await jest.advanceTimersByTimeAsync(PERIOD_MS);
    expect(errors.map(String)).toEqual(['Error: no network', 'Error: no network']);
  });

  it('does not run once it is stopped, and is silent about a run that fails afterwards', async () => {
    const errors: unknown[] = [];
    let fail: (reason: Error) => void = () => {};
    start(() => new Promise((_, reject) => (fail = reject)), { onError: (error: unknown) => errors.push(error) });
    task?.stop();
    fail(new Error('the connection was closed'));
    await jest.advanceTimersByTimeAsync(5 * PERIOD_MS);
    expect({ isStopped: task?.isStopped, errors }).toEqual({ isStopped: true, errors: [] });
  });
});
