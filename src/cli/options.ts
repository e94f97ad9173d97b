import { type Command, InvalidArgumentError, Option } from 'commander';

export interface OutputOptions {
  json?: boolean;
}

export interface ListOptions extends OutputOptions {
  limit?: number;
}

/** Adds what every command takes. */
export const withJson = (command: Command): Command => command.option('--json', 'print one JSON document');

/** Adds what every list takes. */
export const withLimit = (command: Command): Command =>
  withJson(command).addOption(new Option('--limit <n>', 'print at most this many').argParser(positiveInteger));

function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('A whole number, 1 or more.');
  return Number(text);
}
