import { CommanderError } from 'commander';
import { createProgram } from './program.js';
import { EXIT } from './exit.js';

process.umask(0o077); // a backup holds all that the database holds: it is for its user alone

/** `npm run cli -- <command>`: 0 where it went well, 1 where it did not, 2 where the call is off. */
async function main(): Promise<number> {
  try {
    await createProgram().parseAsync();
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage; // commander has told
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.failed;
  }
}

process.exitCode = await main();
