import { once } from 'node:events';
import { maskSecrets } from '../config/mask-secrets.js';
import { printable, printableJson } from '../logging/printable.js';

/** Prints one JSON document, or lines for people, on standard output. Nothing else writes there. */
export function print(asJson: boolean | undefined, document: unknown, lines: () => string[]): void {
  const text = asJson ? printableJson(JSON.stringify(document, null, 2)) : lines().map(printable).join('\n');
  process.stdout.write(`${text}\n`);
}

/** Prints progress and errors on standard error. Secrets are masked. */
export function printError(...lines: string[]): void {
  process.stderr.write(lines.map((line) => `${printable(maskSecrets(line))}\n`).join(''));
}

/** A list that may be too long for memory, read page by page. */
export interface LongList<Item> {
  /** Its name in the JSON document, beside `total`. */
  name: string;
  pages: AsyncIterable<Item[]>;
  /** Number of all that match, without the limit. */
  total: number;
  document: (item: Item) => unknown;
  line: (item: Item) => string;
}

/** Like `print`, while the list is being read. */
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

/** Waits while the output's buffer is full. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** Printed on standard error; the command exits with 1. */
export class NotFoundError extends Error {
  constructor(what: string, id: string) {
    super(`There is no ${what} ${id}`);
  }
}

/** Exit statuses of the command line. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
