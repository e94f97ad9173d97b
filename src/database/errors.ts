import { OperatorError } from '../config/settings.error.js';

/** The database cannot be used now: full, locked, or out of reach. Nothing was stored that was not said to be. Safe to try again. */
export class StorageUnavailableError extends Error {
  /** What a request is answered that could not be stored. */
  readonly statusCode = 503;

  /** @param hint what an operator should look at */
  constructor(reason: string, hint = 'Is the disk full, or the file locked by another process?') {
    super(`The database takes no writes: ${reason}. ${hint}`);
  }
}

/** A unit of work waited for something: everybody else's writes wait for it, so it was ended and nothing of it is stored. */
export class TransactionTimeoutError extends Error {
  constructor(readonly limitMs: number) {
    super(
      `A unit of work took longer than ${limitMs} ms and was undone. Others wait for it: move what takes long, such as ` +
        'calls to other services, before the transaction (in an event handler, to load).',
    );
  }
}

/** The app cannot boot: its database does not let it in. */
export class DatabaseUnreachableError extends OperatorError {
  constructor(reason: string) {
    super(
      `DATABASE_URL leads to no database that can be used: ${reason}. Is it running, and are name and password right?`,
    );
  }
}

/**
 * PostgreSQL's codes (https://www.postgresql.org/docs/current/errcodes-appendix.html) and Node's that say: not now, but
 * perhaps soon. The connection is lost, the server starts or stops, is full or read-only, or something took too long.
 */
const CODES =
  /^(08...|53...|57P..|57014|55P03|25P03|25006|E(CONN(REFUSED|RESET|ABORTED)|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH))$/;
/** The driver's own words for the same; it has no codes. */
const WORDS =
  /^(Connection terminated|Client has encountered a connection error|timeout e(xceeded|xpired)|Query read timeout)/;

export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return CODES.test(codeOf(error) ?? '') || WORDS.test(error.message);
}

/** Two transactions were in each other's way, and one of them was ended: the same may go through now. */
export const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error) ?? '');

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
