import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { LimitedWarnings } from './limited-warnings.js';

describe('a warning that may come in floods', () => {
  let lines: string[];
  let warnings: LimitedWarnings;
  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
    warnings = new LimitedWarnings();
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const happens = (kind: string, times: number) => {
    for (let nth = 1; nth <= times; nth++)
      warnings.warn({ context: 'Door', kind, message: `${kind} was refused, the last by nth ${nth}` });
  };

  it('is one line with its count, and the next one a minute later at the earliest [S11]', () => {
    happens('key', 20);
    expect(lines).toEqual([]);
    jest.advanceTimersByTime(1_000);
    expect(lines).toEqual(['key was refused, the last by nth 20 (20 times, 20 since start)']);
    happens('key', 3);
    jest.advanceTimersByTime(59_999);
    expect(lines).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(lines[1]).toBe('key was refused, the last by nth 3 (3 times, 23 since start)');
    jest.advanceTimersByTime(600_000);
    expect(lines).toHaveLength(2);
    happens('key', 1);
    jest.advanceTimersByTime(1_000);
    expect(lines[2]).toBe('key was refused, the last by nth 1 (1 time, 24 since start)');
  });

  it('names those that have an id, up to twenty of them [S11]', () => {
    for (let nth = 1; nth <= 30; nth++)
      warnings.warn({ context: 'Door', kind: 'key', message: 'Refused', id: `${nth}` });
    jest.advanceTimersByTime(1_000);
    const named = Array.from({ length: 20 }, (_, index) => index + 1).join(', ');
    expect(lines).toEqual([`Refused (30 times, 30 since start; ${named})`]);
  });

  it('is limited for each kind by itself, and counted [S11]', () => {
    happens('key', 2);
    happens('card', 1);
    jest.advanceTimersByTime(1_000);
    expect(lines).toHaveLength(2);
    expect(warnings.counts).toEqual({ key: 2, card: 1 });
  });

  it('is written when the app stops before its time has come [S11]', () => {
    happens('key', 5);
    warnings.onApplicationShutdown();
    expect(lines).toEqual(['key was refused, the last by nth 5 (5 times, 5 since start)']);
    jest.advanceTimersByTime(600_000);
    expect(lines).toHaveLength(1);
  });
});
