import childProcess, { type ChildProcess, execFile, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Settings } from './node-process.js';

const CLI = join(import.meta.dirname, '../../dist/cli/main.js');
const HOST = join(import.meta.dirname, 'cli-host.mjs');

export interface CliAnswer {
  status: number;
  out: string;
  err: string;
}

/**
 * The processes that run commands, by the script that each runs first. They last as long as Jest's worker, for all of its test files,
 * and are kept at what is the same for all of them: a module of Node's own.
 */
const hosts: Map<string, Host> = ((childProcess as { hostsOfTests?: Map<string, Host> }).hostsOfTests ??= new Map());

interface Host {
  process: ChildProcess;
  /** Resolves when the command before is done. */
  idle: Promise<unknown>;
}

/**
 * Runs a command of the built command line with these settings and no others, in one process for all commands of Jest's worker:
 * they share the modules, which take about two seconds to load, and nothing else. `first`: a script that this process runs before
 * its first command, such as one with event handlers of the test's own.
 */
export function runCli(settings: Settings, args: readonly string[], first = ''): Promise<CliAnswer> {
  const host = hosts.get(first) ?? startHost(first);
  const answer = host.idle.then(() => ask(host.process, settings, args));
  host.idle = answer.catch(() => undefined);
  return answer;
}

/** It ends with the worker, which does not wait for it. */
function startHost(first: string): Host {
  const process = fork(HOST, first ? [first] : []);
  const host = { process, idle: Promise.resolve() };
  process.unref();
  process.channel?.unref();
  process.once('exit', () => hosts.delete(first));
  hosts.set(first, host);
  return host;
}

function ask(process: ChildProcess, settings: Settings, args: readonly string[]): Promise<CliAnswer> {
  return new Promise((resolve, reject) => {
    const ended = (status: number | null) =>
      reject(new Error(`The process ended with ${status} in: ${args.join(' ')}`));
    process.channel?.ref();
    process.once('exit', ended);
    process.once('message', (answer: CliAnswer) => {
      process.channel?.unref();
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
