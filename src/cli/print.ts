/** Prints one JSON document, or lines for people. Both go to standard output, and nothing else does. */
export function print(asJson: boolean | undefined, document: unknown, lines: () => string[]): void {
  const text = asJson ? JSON.stringify(document, null, 2) : lines().join('\n');
  process.stdout.write(`${text}\n`);
}

/** Says on standard error what was not found; the command fails. */
export class NotFoundError extends Error {
  constructor(what: string, id: string) {
    super(`There is no ${what} ${id}`);
  }
}
