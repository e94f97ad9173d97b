import type { EntityManager } from 'typeorm';
import { OperatorError } from '../config/settings.error.js';

/**
 * Where a unit waits to be written. `intake`: for what is waited for: a delivery's answer, a customer's page, a command.
 * `handling`: for work on events that are stored already.
 */
export type UnitQueue = 'intake' | 'handling';

export interface UnitOptions {
  /** Defaults to `intake`. Where units run side by side, as on PostgreSQL, there are no queues, and it changes nothing. */
  queue?: UnitQueue;
}

/**
 * The one way to write. What `work` does through `tx` is stored whole, or not at all where it throws, and the promise
 * resolves only once it is safe on disk.
 *
 * `work` must use `tx` alone and must not call the network: others wait for it.
 */
export abstract class UnitOfWork {
  /** Whether other processes may do the app's work on the same database. */
  readonly multiInstance: boolean = false;

  /** Whether intake is being written or waits to be: a unit of `handling` that begins now holds it up, so it should be short. */
  get intakeWaits(): boolean {
    return false;
  }

  /**
   * @throws StorageUnavailableError where the database takes no writes now: safe to try again
   * @throws TransactionTimeoutError where `work` took too long
   */
  abstract run<T>(work: (tx: EntityManager) => Promise<T>, options?: UnitOptions): Promise<T>;

  /** The same for work of intake that is one statement and no more, without the cost of BEGIN and COMMIT where that is possible. */
  runStatement<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.run(work);
  }
}

/** The database takes no writes now: it is full, locked or out of reach. Nothing of the unit was stored; it is safe to try again. */
export class StorageUnavailableError extends Error {
  /** The HTTP status of a request that could not be stored. */
  readonly statusCode = 503;

  /** @param hint what an operator should look at */
  constructor(reason: string, hint = 'Is the disk full, or the file locked by another process?') {
    super(`The database takes no writes: ${reason}. ${hint}`);
  }
}

/** A unit of work took longer than `limitMs` and was rolled back, since other writes wait for it. */
export class TransactionTimeoutError extends Error {
  constructor(readonly limitMs: number) {
    super(
      `A unit of work took longer than ${limitMs} ms and was undone. Others wait for it: move what takes long, such as ` +
        'calls to other services, before the transaction (in an event handler, to load).',
    );
  }
}

/** The app cannot boot: PostgreSQL was not reachable in time, or refused the connection. */
export class DatabaseUnreachableError extends OperatorError {
  constructor(reason: string) {
    super(
      `DATABASE_URL leads to no database that can be used: ${reason}. Is it running, and are name and password right?`,
    );
  }
}

/**
 * Codes of PostgreSQL (https://www.postgresql.org/docs/current/errcodes-appendix.html) and of Node for what may pass: the
 * connection is lost, the server starts, stops, is full or read-only, or a timeout.
 */
const CODES =
  /^(08...|53...|57P..|57014|55P03|25P03|25006|E(CONN(REFUSED|RESET|ABORTED)|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH))$/;
/** Messages of the `pg` driver for the same; these errors have no code. */
const WORDS =
  /^(Connection terminated|Client has encountered a connection error|timeout e(xceeded|xpired)|Query read timeout)/;

/** Whether an error of PostgreSQL or its driver may pass by itself. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return CODES.test(codeOf(error) ?? '') || WORDS.test(error.message);
}

/** PostgreSQL ended this transaction for a deadlock or a serialization failure; run it again. */
export const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error) ?? '');

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
