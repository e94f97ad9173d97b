// Runs commands of the built command line one after another in one process, so that its modules are loaded once. A parent
// sends { args, env } over the IPC channel and gets { status, out, err }. Its argument is a script to run before the first command.
import { pathToFileURL } from 'node:url';

const MAIN = new URL('../../dist/cli/main.js', import.meta.url).href;
const pipes = { stdout: process.stdout.write, stderr: process.stderr.write };
let commands = 0;
const [, , first] = process.argv;
let last = first ? import(pathToFileURL(first).href) : Promise.resolve();

process.on('message', (command) => (last = last.then(async () => process.send(await run(command)))));
process.on('disconnect', () => process.exit());

async function run({ args, env }) {
  const printed = { stdout: '', stderr: '' };
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [process.execPath, MAIN, ...args];
  process.exitCode = undefined;
  for (const name of Object.keys(printed))
    process[name].write = (text, ...rest) => {
      printed[name] += text;
      rest.findLast((argument) => typeof argument === 'function')?.();
      return true;
    };
  try {
    await import(`${MAIN}?command=${(commands += 1)}`); // anew each time; what it imports is there already
    return { status: process.exitCode, out: printed.stdout, err: printed.stderr };
  } finally {
    for (const [name, write] of Object.entries(pipes)) process[name].write = write;
    process.exitCode = undefined;
    process.removeAllListeners('uncaughtException').removeAllListeners('unhandledRejection');
  }
}
