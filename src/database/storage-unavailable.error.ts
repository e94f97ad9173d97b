/** Nothing could be written: the disk is full, or another process holds the file. Safe to try again. */
export class StorageUnavailableError extends Error {
  /** What a request is answered that could not be stored. */
  readonly statusCode = 503;

  constructor(reason: string) {
    super(`The database takes no writes: ${reason}. Is the disk full, or the file locked by another process?`);
  }
}
