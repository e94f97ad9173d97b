/** The state file cannot be used: not writable, not a database, or held by another sandbox. */
export class StateFileError extends Error {
  constructor(
    readonly file: string,
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `The sandbox cannot use its state file ${file} (${reason}). ` +
        'Stop the other sandbox that holds it, or name another file.',
      { cause },
    );
    this.name = 'StateFileError';
  }
}
