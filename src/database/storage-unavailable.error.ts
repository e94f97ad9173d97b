/** The database cannot be used now: full, locked, or out of reach. Nothing was stored that was not said to be. Safe to try again. */
export class StorageUnavailableError extends Error {
  /** What a request is answered that could not be stored. */
  readonly statusCode = 503;

  /** @param hint what an operator should look at */
  constructor(reason: string, hint = 'Is the disk full, or the file locked by another process?') {
    super(`The database takes no writes: ${reason}. ${hint}`);
  }
}
