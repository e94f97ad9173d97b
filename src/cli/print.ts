import { maskSecrets } from '../config/mask-secrets.js';
import { printable, printableJson } from '../logging/printable.js';

/** Prints one JSON document, or lines for people. Both go to standard output, and nothing else does. */
export function print(asJson: boolean | undefined, document: unknown, lines: () => string[]): void {
  const text = asJson ? printableJson(JSON.stringify(document, null, 2)) : lines().map(printable).join('\n');
  process.stdout.write(`${text}\n`);
}

/** Prints lines on standard error: progress, and what went wrong. Secrets in them are masked. */
export function printError(...lines: string[]): void {
  process.stderr.write(lines.map((line) => `${printable(maskSecrets(line))}\n`).join(''));
}

/** Says on standard error what was not found; the command fails. */
export class NotFoundError extends Error {
  constructor(what: string, id: string) {
    super(`There is no ${what} ${id}`);
  }
}
