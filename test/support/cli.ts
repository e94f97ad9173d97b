import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Settings } from './node-process.js';

const CLI = join(import.meta.dirname, '../../dist/cli/main.js');
const HOST = join(import.meta.dirname, 'cli-host.mjs');

export interface CliAnswer {
  status: number;
  out: string;
  err: string;
}

let host: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();
afterAll(async () => {
  if (!host?.connected) return;
  const ended = once(host, 'exit');
  host.disconnect();
  await ended;
});

/**
 * Runs a command of the built command line with these settings and no others, in one process for all commands of a test file:
 * they share the modules, which take about two seconds to load, and nothing else. `first`: a script that this process runs before
 * its first command, such as one with event handlers of the test's own.
 */
export function runCli(settings: Settings, args: readonly string[], first?: string): Promise<CliAnswer> {
  const answer = last.then(() => ask((host ??= fork(HOST, first ? [first] : [])), settings, args));
  last = answer.catch(() => (host = undefined));
  return answer;
}

function ask(process: ChildProcess, settings: Settings, args: readonly string[]): Promise<CliAnswer> {
  return new Promise((resolve, reject) => {
    const ended = (status: number | null) =>
      reject(new Error(`The process ended with ${status} in: ${args.join(' ')}`));
    process.once('exit', ended);
    process.once('message', (answer: CliAnswer) => {
      process.off('exit', ended);
      resolve(answer);
    });
    process.send({ args, env: environment(settings) });
  });
}

/** The same in a process of its own, as people run it. */
export function runCliAlone(settings: Settings, args: readonly string[]): Promise<CliAnswer> {
  const env = environment(settings);
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { env }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err }),
    );
  });
}

/** The document that a command prints. */
export const cliJson = async (settings: Settings, ...args: string[]) =>
  JSON.parse((await runCli(settings, [...args, '--json'])).out);

const environment = (settings: Settings) => ({ PATH: process.env.PATH, ...settings });
