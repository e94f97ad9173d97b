import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '../../dist/cli/main.js');
const HOST = join(import.meta.dirname, 'cli-host.mjs');

export interface CliAnswer {
  status: number;
  out: string;
  err: string;
}

let host: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Runs a command of the built command line with these settings and no others, in a process that the commands of one test file share. */
export function runCli(settings: Record<string, string>, args: readonly string[]): Promise<CliAnswer> {
  const answer = last.then(async () => {
    host ??= fork(HOST, { execArgv: ['--no-warnings'] });
    host.ref();
    host.send({ args, env: environment(settings) });
    const [message] = await Promise.race([
      once(host, 'message'),
      once(host, 'exit').then(([status]) => {
        throw new Error(`The command line's process ended with ${status} in: ${args.join(' ')}`);
      }),
    ]);
    host.unref();
    host.channel?.unref();
    return message as CliAnswer;
  });
  last = answer.catch(() => (host = undefined));
  return answer;
}

/** The same in a process of its own, as people run it. */
export function runCliAlone(settings: Record<string, string>, args: readonly string[]): Promise<CliAnswer> {
  const env = environment(settings);
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { env }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err }),
    );
  });
}

/** The document that a command prints. */
export const cliJson = async (settings: Record<string, string>, ...args: string[]) =>
  JSON.parse((await runCli(settings, [...args, '--json'])).out);

const environment = (settings: Record<string, string>) => ({ PATH: process.env.PATH, ...settings });
