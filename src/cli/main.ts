import { CommanderError } from 'commander';
import { maskSecrets } from '../config/mask-secrets.js';
import { createProgram } from './program.js';
import { EXIT } from './exit.js';

/** `npm run cli -- <command>`: 0 where it went well, 1 where it did not, 2 where the call is off. */
async function main(): Promise<number> {
  try {
    await createProgram().parseAsync();
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage; // commander has told
    complain(error);
    return EXIT.failed;
  }
}

const complain = (error: unknown) =>
  process.stderr.write(`${maskSecrets(error instanceof Error ? error.message : String(error))}\n`);
const fail = (error: unknown): never => {
  complain(error);
  process.exit(EXIT.failed);
};
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.exitCode = await main();
