import { parseArgs } from 'node:util';

/** The call is off: what would be right. */
export class UsageError extends Error {}

/**
 * `<name> --rounds 5 --seconds 3 --profile <folder> --postgres`. What is left out is left out of the result.
 * @returns {{ name?: string, rounds?: number, seconds?: number, profile?: string, postgres?: boolean }}
 */
export function readOptions(args, names) {
  const { values, positionals } = parse(args, names);
  const [name] = positionals;
  if (positionals.length > 1 || (name && !names.includes(name))) throw usage(names);
  const { rounds, seconds, profile, postgres } = values;
  const read = { name, rounds: positive(rounds, names), seconds: positive(seconds, names), profile, postgres };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

function parse(args, names) {
  const text = { type: 'string' };
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { rounds: text, seconds: text, profile: text, postgres: { type: 'boolean' } },
    });
  } catch {
    throw usage(names);
  }
}

function positive(text, names) {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,2}$/.test(text)) throw usage(names);
  return Number(text);
}

const usage = (names) =>
  new UsageError(
    `npm run bench -- [${names.join(' | ')}] [--rounds 1..999] [--seconds 1..999] [--profile folder] [--postgres]\n` +
      '--seconds is how long each server is measured in each round; --profile keeps a CPU profile of the product; ' +
      '--postgres measures webhook on a PostgreSQL.',
  );
