import { once } from 'node:events';
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

/** A list that may be too long to be held in memory, a page at a time. */
export interface LongList<Item> {
  /** What the list is called in the JSON document, beside `total`. */
  name: string;
  pages: AsyncIterable<Item[]>;
  /** Of all that match, whatever the limit. */
  total: number;
  document: (item: Item) => unknown;
  line: (item: Item) => string;
}

/** Prints what `print` would, while the list is still being read. */
export async function printPages<Item>(asJson: boolean | undefined, list: LongList<Item>): Promise<void> {
  const { name, pages, total, document, line } = list;
  if (!asJson) {
    for await (const page of pages) await write(page.map((item) => `${printable(line(item))}\n`).join(''));
    return write(`${total} in all\n`);
  }
  let before = `{\n  ${JSON.stringify(name)}: [`;
  let isEmpty = true;
  for await (const page of pages) {
    const items = page.map((item) => `    ${jsonOf(document(item)).replaceAll('\n', '\n    ')}`);
    await write(`${before}\n${items.join(',\n')}`);
    [before, isEmpty] = [',', false];
  }
  await write(`${isEmpty ? before : '\n  '}],\n  "total": ${total}\n}\n`);
}

const jsonOf = (document: unknown): string => printableJson(JSON.stringify(document, null, 2));

/** Waits until what reads along has kept up. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** Says on standard error what was not found; the command fails. */
export class NotFoundError extends Error {
  constructor(what: string, id: string) {
    super(`There is no ${what} ${id}`);
  }
}

/** Exit statuses of the command line. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
