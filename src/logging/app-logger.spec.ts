import { jest } from '@jest/globals';
import type { LogLevel } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { AppLogger } from './app-logger.js';

const FORGED = 'customer.created\u001b[2K\r\n[Nest] 1 - LOG all is well';

describe('a line of the log', () => {
  const written: string[] = [];
  beforeEach(() => {
    written.length = 0;
    const take = (chunk: unknown) => written.push(String(chunk)) > 0;
    jest.spyOn(process.stdout, 'write').mockImplementation(take);
    jest.spyOn(process.stderr, 'write').mockImplementation(take);
  });
  afterEach(() => jest.restoreAllMocks());

  const logger = (json: boolean) => new AppLogger({ json, colors: false, logLevels: ['warn', 'error'] as LogLevel[] });

  it('shows what would steer the terminal, and no line in it can pass for another [S12]', () => {
    logger(false).warn(`no handler for ${FORGED}`, 'Webhook');
    logger(false).error(new Error(FORGED));
    logger(false).error(`failed: ${FORGED}`, `Error: ${FORGED}\n    at apply (handler.js:1:1)`, 'Webhook');
    const lines = written.join('').trimEnd().split('\n');
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
    const [first = '', second = ''] = lines;
    expect(first).toContain('no handler for customer.created\\u001b[2K\\r');
    expect(second).toMatch(/^ {2}\[Nest\] 1 - LOG all is well/);
    const own = new RegExp(`^\\[Nest\\] ${process.pid} `);
    expect(lines.filter((line) => line.startsWith('[Nest]') && !own.test(line))).toEqual([]);
  });

  it('is one line as JSON, with nothing in it that a terminal obeys [S12]', () => {
    logger(true).warn(`no handler for ${FORGED}\u009b\u202e`, 'Webhook');
    const [line = '', ...others] = written.join('').trimEnd().split('\n');
    expect(others).toEqual([]);
    expect(JSON.parse(line)).toMatchObject({ message: `no handler for ${FORGED}\u009b\u202e`, context: 'Webhook' });
    expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});

describe('the log', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each([true, false])('has an error with its stack, and no parameter of a statement (JSON: %s) [S17]', (json) => {
    const lines: string[] = [];
    const take = (line: unknown) => lines.push(String(line)) > 0;
    jest.spyOn(process.stdout, 'write').mockImplementation(take);
    jest.spyOn(process.stderr, 'write').mockImplementation(take);
    const driverError = Object.assign(new Error('SQLITE_BUSY'), { detail: 'Key (email)=(jenny@example.com) exists' });
    const error = new QueryFailedError('INSERT INTO x VALUES ($1)', ['jenny@example.com'], driverError);
    const logger = new AppLogger('Test', { json });
    logger.error(error);
    logger.warn(error);
    logger.error('It failed', error);
    const log = lines.join('\n');
    expect(log.match(/SQLITE_BUSY/g)?.length).toBeGreaterThanOrEqual(3);
    expect(log).toContain('app-logger.spec');
    expect(log).not.toContain('jenny@example.com');
  });
});
