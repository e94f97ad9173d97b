import { CommanderError } from 'commander';
import { SettingsError } from '../config/settings.error.js';
import { CopyDiffersError } from '../database/move/move-to-postgres.js';
import { EXIT } from './exit.js';
import { printError } from './print.js';
import { createProgram } from './program.js';

process.umask(0o077); // a backup holds all that the database holds: it is for its user alone

/** `npm run cli -- <command>`: 0 where it went well, 1 where it did not, 2 where the call is off. */
async function main(): Promise<number> {
  try {
    await createProgram().parseAsync();
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage; // commander has said why
    printError(...linesOf(error));
    return EXIT.failed;
  }
}

/** Errors of ours that list something have several lines; any other is one, whatever foreign words are in it. */
function linesOf(error: unknown): string[] {
  const text = error instanceof Error ? error.message : String(error);
  return error instanceof SettingsError || error instanceof CopyDiffersError ? text.split('\n') : [text];
}

const fail = (error: unknown): never => {
  printError(...linesOf(error));
  process.exit(EXIT.failed);
};
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.exitCode = await main();
