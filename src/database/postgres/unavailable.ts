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
