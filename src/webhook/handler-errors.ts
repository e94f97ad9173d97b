/**
 * A handler of the app's own (`@OnPayment`, `@OnEntitlement`) threw in the transaction that was to store a change. Nothing of it was
 * stored, and whatever brought it is tried again.
 */
export class HandlerFailedError extends Error {
  constructor(
    readonly handler: string,
    /** What it was called for, such as `payment 1234`. */
    what: string,
    override readonly cause: unknown,
  ) {
    super(`${handler} failed on ${what}, which stays as it was and is tried again: ${String(cause)}`);
  }
}

/** A handler threw while it handled a batch of events. Its own error is the `cause`. */
export class BatchFailedError extends Error {
  constructor(handler: string, cause: unknown) {
    super(`${handler} failed on events that it was given together: ${String(cause)}`, { cause });
  }
}

/** The stack of an error and of its cause; never the parameters of a statement, which hold what customers entered. */
export function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const cause = error.cause instanceof Error ? `\nCaused by ${error.cause.stack}` : '';
  return `${error.stack}${cause}`;
}
