import { once } from 'node:events';
import { userInfo } from 'node:os';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { AppModule } from '../app.module.js';
import { withSandboxUnlessKey } from '../config/development.js';
import { type Env, loadEnv } from '../config/env.js';
import { maskSecrets } from '../config/secrets.js';
import { AppLogger, printable, printableJson } from '../logging/app-logger.js';

export interface OutputOptions {
  json?: boolean;
}

export interface ListOptions extends OutputOptions {
  limit?: number;
}

/** Adds the option of every command. */
export const withJson = (command: Command): Command => command.option('--json', 'print one JSON document');

/** Adds the options of every list. */
export const withLimit = (command: Command): Command =>
  withJson(command).addOption(new Option('--limit <n>', 'print at most this many').argParser(positiveInteger));

/**
 * Parses a whole number, such as a count or an amount in minor units.
 * @throws InvalidArgumentError
 */
export function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('A whole number, 1 or more.');
  return Number(text);
}

const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Parses an age, such as 90d, as ms.
 * @throws InvalidArgumentError
 */
export function ageFrom(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  if (count === undefined || unitMs === undefined) throw new InvalidArgumentError('An age, such as 90d, 12h or 30m.');
  return Number(count) * unitMs;
}

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

/** Who runs a command, for histories: the system's user by name; by number if it has none, as in containers. */
export function commandLineActor(): string {
  try {
    return `command line (${userInfo().username})`;
  } catch {
    return `command line (user ${process.getuid?.()})`;
  }
}

type Work<T> = (app: INestApplicationContext) => Promise<T>;

/** Runs `work` with the app's services. It does not listen and handles nothing in the background, which the running app does. */
export async function withApp<T>(work: Work<T>): Promise<T> {
  return during(await openApp(loadEnv()), work);
}

/** The same on an empty database in memory, for commands that only call Stripe and must work before there is a database. */
export async function withAppOnEmptyDatabase<T>(env: Env, work: Work<T>): Promise<T> {
  return during(await openAppOnEmptyDatabase(env), work);
}

export const openAppOnEmptyDatabase = (env: Env): Promise<INestApplicationContext> =>
  openApp(env.with({ databaseUrl: 'sqlite::memory:', postgres: undefined }));

const openApp = (env: Env): Promise<INestApplicationContext> =>
  NestFactory.createApplicationContext(AppModule.forRoot(withSandboxUnlessKey(env)), {
    logger: new AppLogger({ logLevels: ['error', 'fatal'] }),
    abortOnError: false,
  });

async function during<T>(app: INestApplicationContext, work: Work<T>): Promise<T> {
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}
