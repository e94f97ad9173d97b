import { type Command, InvalidArgumentError, Option } from 'commander';

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
 * Parses an age, such as 90d.
 * @returns the moment that long ago
 * @throws InvalidArgumentError
 */
export function agoFrom(text: string): Date {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  if (count === undefined || unitMs === undefined) throw new InvalidArgumentError('An age, such as 90d, 12h or 30m.');
  return new Date(Date.now() - Number(count) * unitMs);
}
