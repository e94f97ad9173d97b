import { jest } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { AppLogger } from './app-logger.js';

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
