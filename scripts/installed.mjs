// Installs from the lockfile where that was not done yet, or not since the lockfile changed. Node's own modules only:
// it runs before there are any others.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs what the lockfile of a folder names: the project's own, or `bench`. */
export async function installed(folder = root) {
  // npm writes the second one last, so an interrupted install is noticed too.
  const [lockfile, done] = ['package-lock.json', 'node_modules/.package-lock.json'].map((file) => join(folder, file));
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lockfile).mtimeMs) return;
  console.error(`Installing what ${lockfile} names; the database driver may be compiled, which takes a minute or two.`);
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, shell: process.platform === 'win32' }); // there it is a .cmd file
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const TOOLS = {
  depcruise: 'dependency-cruiser/bin/dependency-cruise.mjs',
  nest: '@nestjs/cli/bin/nest.js',
  oxlint: 'oxlint/bin/oxlint',
  prettier: 'prettier/bin/prettier.cjs',
  tsc: 'typescript/bin/tsc',
  jest: 'jest/bin/jest.js',
};

/** The file of a tool that the lockfile names, to be run by Node itself: no shell, whatever the paths and the system. */
export const tool = (name) => join(root, 'node_modules', TOOLS[name]);

/** Runs a tool in the project's folder, as `run` does. */
export const runTool = (name, args, options) => run(process.execPath, [tool(name), ...args], options);

/**
 * Runs a program in the project's folder and ends with its status where it fails; a signal ends both at once, and programs that
 * run beside it end with them. Standard output stays free for the command itself.
 */
export async function run(program, args, options = {}) {
  const child = spawn(program, args, { cwd: root, stdio: ['inherit', 2, 2], ...options });
  const end = (signal) => {
    child.kill(signal);
    process.exit(1);
  };
  const endToo = () => child.kill();
  process.on('exit', endToo);
  for (const signal of SIGNALS) process.on(signal, end);
  const [status] = await once(child, 'exit');
  for (const signal of SIGNALS) process.off(signal, end);
  process.off('exit', endToo);
  if (status !== 0) process.exit(status ?? 1);
}
