import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { DatabaseUnreachableError } from '../database-unreachable.error.js';
import { isUnavailable } from './unavailable.js';

/** How long a boot waits for a server that is starting itself, ms. */
const PATIENCE_MS = 30_000;
const TRY_EVERY_MS = 500;

/**
 * Opens a connection, trying again while PostgreSQL cannot be reached: in a compose file all start at once.
 * @throws DatabaseUnreachableError
 */
export async function onceReachable<T>(open: () => Promise<T>): Promise<T> {
  const logger = new Logger('Database');
  const end = Date.now() + PATIENCE_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      return await open();
    } catch (error) {
      const reason = error instanceof Error ? error.message || String(Reflect.get(error, 'code')) : String(error);
      if (!isUnavailable(error) || Date.now() > end) throw new DatabaseUnreachableError(reason);
      if (attempt === 1) logger.warn(`PostgreSQL cannot be reached yet, and is tried again: ${reason}`);
      await setTimeout(TRY_EVERY_MS);
    }
  }
}
